namespace AspireFed.Contracts.Documents;

/// <summary>The ways in which an experiment ends.</summary>
public enum ExperimentEnd
{
    Completed,
    Failed,
    Cancelled,
}
