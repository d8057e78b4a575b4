namespace AspireFed.Contracts.Messages;

/// <summary>What a trainer is doing for a client.</summary>
public enum TrainingPhase
{
    Waiting,
    Fetching,
    Training,
    Uploading,
}
