namespace AspireFed.Ledger.Faults;

/// <summary>The moments at which a test may end or stop a process: one before and after every durable step of a round.</summary>
public enum FaultPoint
{
    /// <summary>Aggregator: the opening lies in the ledger, nobody has been asked.</summary>
    RoundOpened,

    /// <summary>Aggregator: the broker has a command.</summary>
    CommandSent,

    /// <summary>Trainer: the command lies in the journal, the broker has no acknowledgement.</summary>
    CommandAccepted,

    /// <summary>Trainer: in the midst of local training.</summary>
    Training,

    /// <summary>Trainer: the update lies in its place on disk, the journal does not know of it.</summary>
    UpdateTrained,

    /// <summary>Trainer: half of the update's bytes are on their way.</summary>
    WeightsHalfSent,

    /// <summary>Trainer: the weights lie in the store, the manifest does not.</summary>
    WeightsSent,

    /// <summary>Trainer: the manifest lies in the store, the journal does not know of it.</summary>
    ManifestWritten,

    /// <summary>Trainer: the Aggregator has been told, the journal does not know of it.</summary>
    UpdateAnnounced,

    /// <summary>Aggregator: an update was fetched and checked.</summary>
    UpdateCounted,

    /// <summary>Aggregator: the decision stands under the lease, the ledger does not know of it.</summary>
    DecisionAgreed,

    /// <summary>Aggregator: the decision lies in the ledger.</summary>
    DecisionWritten,

    /// <summary>Aggregator: the global weights lie in the store, the round is not committed.</summary>
    GlobalWritten,

    /// <summary>Aggregator: the round is committed, nobody knows of it.</summary>
    CommitWritten,

    /// <summary>Aggregator: one of the objects that are not kept is gone.</summary>
    ObjectDeleted,

    /// <summary>Aggregator: the results are there, the outcome is not written.</summary>
    OutcomeDue,

    /// <summary>Tokenizer: tokens are ready to be sent.</summary>
    BatchTokenized,

    /// <summary>Evaluator: metrics lie in the ledger, nobody has been told.</summary>
    MetricsWritten,

    /// <summary>Evaluator: all metrics are there, the results are not written.</summary>
    ResultsDue,
}
