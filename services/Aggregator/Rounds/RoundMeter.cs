using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.ServiceDefaults;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Reports a committed round to the telemetry.</summary>
public static class RoundMeter
{
    public static void Record(ExperimentRecord experiment, RoundCommit commit, RoundTiming timing)
    {
        var stage = new KeyValuePair<string, object?>("stage", commit.Decision.Key.Stage.ToName());
        var name = new KeyValuePair<string, object?>("experiment", experiment.Spec.Name);
        foreach (var (part, seconds) in new[]
        {
            ("total", timing.TotalSeconds), ("training", timing.TrainSeconds), ("transfer", timing.TransferSeconds),
            ("aggregation", timing.AggregationSeconds), ("waiting", timing.WaitSeconds),
        })
        {
            Telemetry.RoundDuration.Record(seconds, name, stage, new KeyValuePair<string, object?>("part", part));
        }
        Telemetry.BytesMoved.Add(commit.Global.Size, new KeyValuePair<string, object?>("direction", "send"));
        if (commit.Decision.Key.Round > 0) Telemetry.Loss.Record(commit.Loss, name, stage, new KeyValuePair<string, object?>("client", "all"));
    }
}
