using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training.Optimization;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>
/// Schedules of the learning rate; groups of parameters and AdamW are with <see cref="RecordedGroups"/> and <see cref="Trajectory"/>.
/// </summary>
internal sealed partial class OptimizerKind() : CaseKind("optimiser and schedules")
{
    [GeneratedRegex(@"lr_scale ([\d.]+)$")]
    private static partial Regex ScaleOfColumn { get; }

    public override bool Fits(Recording recording) => recording.Config.TryGetProperty("cosine", out _);

    public override void Check(Recording recording)
    {
        foreach (var schedule in recording.Config.GetProperty("cosine").EnumerateObject()) ByStep(recording, schedule.Name, schedule.Value);
        foreach (var schedule in recording.Config.GetProperty("mae").EnumerateObject()) ByRound(recording, schedule.Name, schedule.Value);
        RecordedGroups.Check(recording);
        foreach (var trajectory in Trajectory.All(recording)) trajectory.Check(recording);
    }

    private static void ByStep(Recording recording, string name, JsonElement schedule)
    {
        double Of(string key) => schedule.GetProperty(key).GetDouble();
        recording.Verdict.Same($"{name}: start of the warm-up", 0.0, Of("start_warmup_value"));
        var steps = (long)(Of("epochs") * Of("niter_per_ep") * Of("max_communication_rounds"));
        var warmup = (long)(Of("warmup_steps") > 0 ? Of("warmup_steps") : Of("warmup_epochs") * Of("niter_per_ep"));
        var ours = Enumerable.Range(0, (int)steps)
            .Select(step => LearningRateSchedule.ByStep(step, steps, warmup, Of("base_value"), Of("final_value"))).ToArray();
        recording.Verdict.Hold(name, recording.Values<double>(name), ours, recording.Verdict.Stated("schedules"));
    }

    /// <summary>A row for each moment: the rate, and that of groups with and without a factor.</summary>
    private static void ByRound(Recording recording, string name, JsonElement schedule)
    {
        double Of(string key) => schedule.GetProperty(key).GetDouble();
        var factors = schedule.GetProperty("columns").EnumerateArray().Select(column => ScaleOfColumn.Match(column.GetString()!))
            .Select(match => match.Success ? double.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture) : 1).ToArray();
        var ours = recording.Values<double>($"{name}.epoch").SelectMany(round =>
        {
            var rate = LearningRateSchedule.ByRound(
                round, Of("max_communication_rounds"), Of("warmup_epochs"), Of("lr"), Of("min_lr"));
            return factors.Select(factor => rate * factor);
        }).ToArray();
        recording.Verdict.Hold($"{name}.lr", recording.Values<double>($"{name}.lr"), ours, recording.Verdict.Stated("schedules"));
    }
}
