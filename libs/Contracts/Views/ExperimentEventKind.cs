namespace AspireFed.Contracts.Views;

/// <summary>Kinds of events in an experiment's story.</summary>
public enum ExperimentEventKind
{
    Created,
    StageBegan,
    RoundOpened,
    ClientProgressed,
    UpdateCounted,
    UpdateRefused,
    ClientFailed,
    RoundCommitted,
    ModelEvaluated,
    HeldUp,
    WentOn,
    Ended,
}
