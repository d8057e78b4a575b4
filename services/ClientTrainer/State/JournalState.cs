namespace AspireFed.ClientTrainer.State;

/// <summary>How far the work on a command is. Every step is written before the next begins, so a restart goes on where it was.</summary>
public enum JournalState
{
    /// <summary>To be trained.</summary>
    Accepted,

    /// <summary>The update lies on this trainer's disk.</summary>
    Trained,

    /// <summary>Update and manifest lie in the store; the Aggregator is still to be told.</summary>
    Uploaded,

    /// <summary>There will be no update; ledger and Aggregator are still to be told.</summary>
    Failed,

    /// <summary>The Aggregator has been told.</summary>
    Reported,
}
