using AspireFed.Ledger.Faults;

namespace AspireFed.Tests.Chaos.Plan;

/// <summary>Which service reaches which fault points.</summary>
internal static class Points
{
    public static readonly IReadOnlyList<FaultPoint> Aggregator =
    [
        FaultPoint.RoundOpened, FaultPoint.CommandSent, FaultPoint.UpdateCounted, FaultPoint.DecisionAgreed, FaultPoint.DecisionWritten,
        FaultPoint.WeightsHalfSent, FaultPoint.GlobalWritten, FaultPoint.CommitWritten, FaultPoint.ObjectDeleted,
        FaultPoint.OutcomeDue,
    ];

    public static readonly IReadOnlyList<FaultPoint> Trainer =
    [
        FaultPoint.CommandAccepted, FaultPoint.Training, FaultPoint.UpdateTrained, FaultPoint.WeightsHalfSent, FaultPoint.WeightsSent,
        FaultPoint.ManifestWritten, FaultPoint.UpdateAnnounced,
    ];

    public static readonly IReadOnlyList<FaultPoint> Tokenizer = [FaultPoint.BatchTokenized];

    public static readonly IReadOnlyList<FaultPoint> Evaluator = [FaultPoint.MetricsWritten, FaultPoint.ResultsDue];
}
