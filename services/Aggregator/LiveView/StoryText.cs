using System.Globalization;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;

namespace AspireFed.Aggregator.LiveView;

/// <summary>What happens in an experiment, in sentences for people.</summary>
public static class StoryText
{
    public const string WentOn = "The experiment goes on.";

    private const int NamesShown = 4;

    public static string Created(ExperimentRecord record) =>
        $"Experiment {record.Id} was accepted: {string.Join(", then ", record.Spec.Stages().Select(s => $"{s.ToName()} of {record.Spec.Training(s).Rounds} rounds"))} "
        + $"on {record.Spec.Data.Set}/{record.Spec.Data.Partition} with {Count(record.Clients.Count, "client")}.";

    public static string StageBegan(RoundKey key, ClientId first) => $"Stage {key.Stage.ToName()} begins; {first.Name} makes its initial weights.";

    public static string RoundOpened(RoundOpening opening) =>
        $"{Round(opening.Key)} is open; {Count(opening.Cohort.Count, "client")} asked: {string.Join(", ", opening.Cohort.Select(client => client.Name))}"
        + $"{(opening.Dropped.Count == 0 ? "" : $"; dropped, since they gave no update for too long: {string.Join(", ", opening.Dropped.Select(client => client.Name))}")}.";

    public static string Progressed(TrainingProgress report) => string.Create(CultureInfo.InvariantCulture,
        $"{report.Client.Name}: {report.Phase.ToString().ToLowerInvariant()}{Steps(report)}.");

    public static string Counted(UpdateManifest update) => update.Transfer is { } transfer ? Transferred(update.Client, transfer) : string.Create(CultureInfo.InvariantCulture,
        $"The update of {update.Client.Name} counts: {update.Samples} images, loss {update.Loss:0.0000}, {update.TrainSeconds:0.0} s of training.");

    public static string Refused(ClientId client, string reason) => $"An update of {client.Name} was refused: {reason}";

    public static string Failed(ClientId client, string reason) => $"{client.Name} has failed: {reason}";

    public static string Committed(RoundCommit commit, RoundTiming? timing) => string.Create(CultureInfo.InvariantCulture,
        $"{Round(commit.Decision.Key)} is committed with {Count(commit.Decision.Counted.Count, "update")}"
        + $"{(commit.Decision.Key.Round == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $", loss {commit.Loss:0.0000}"))}"
        + $"{(timing is null ? "" : string.Create(CultureInfo.InvariantCulture, $", after {timing.TotalSeconds:0.0} s"))}"
        + $"{(commit.Decision.LeftOut.Count == 0 ? "" : $"; left out: {string.Join(", ", commit.Decision.LeftOut.Select(left => left.Client.Name))}")}.");

    public static string Evaluated(RoundMetrics metrics) => string.Create(CultureInfo.InvariantCulture,
        $"The model of {metrics.Key.Stage.ToName()} round {metrics.Key.Round} classifies {100 * metrics.Overall.Top1:0.0} % of {metrics.Overall.Images} test images rightly "
        + $"(balanced accuracy {100 * metrics.Overall.BalancedAccuracy:0.0} %).");

    public static string NotEvaluated(RoundKey key, string reason) => $"The model of {key.Stage.ToName()} round {key.Round} could not be evaluated: {reason}";

    public static string HeldUp(string reason) => $"The experiment is held up and will go on by itself: {reason}";

    public static string Ended(ExperimentOutcome outcome) => outcome.End switch
    {
        ExperimentEnd.Completed => "The experiment is complete.",
        ExperimentEnd.Cancelled => $"The experiment was cancelled: {outcome.Reason}",
        _ => $"The experiment has failed: {outcome.Reason}",
    };

    private static string Round(RoundKey key) => $"{key.Stage} round {key.Round}";

    private static string Transferred(ClientId client, TransferReport transfer) =>
        $"{client.Name} has made the initial weights: {Count(transfer.Taken.Count, "tensor")} taken over, "
        + $"{transfer.Left.Count} left{Named(transfer.Left)}, {transfer.New.Count} new{Named(transfer.New)}.";

    private static string Named(IReadOnlyList<string> tensors) => tensors.Count == 0 ? ""
        : $" ({string.Join(", ", tensors.Take(NamesShown))}{(tensors.Count > NamesShown ? ", ..." : "")})";

    private static string Count(int number, string noun) => $"{number} {noun}{(number == 1 ? "" : "s")}";

    private static string Steps(TrainingProgress report) => report.Steps == 0
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $", step {report.Step} of {report.Steps}")
            + (report.Loss is { } loss ? string.Create(CultureInfo.InvariantCulture, $", loss {loss:0.0000}, {report.ImagesPerSecond:0} images/s") : "");
}
