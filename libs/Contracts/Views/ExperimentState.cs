namespace AspireFed.Contracts.Views;

/// <summary>Where an experiment stands.</summary>
public enum ExperimentState
{
    Queued,
    Running,
    Completed,
    Failed,
    Cancelled,
}
