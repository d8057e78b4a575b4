using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Models;
using AspireFed.Tests.Integration.Aggregator;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Parity.Federated;
using AspireFed.Tests.Parity.Recordings;

namespace AspireFed.Tests.Integration.Replay;

/// <summary>
/// The federated runs of the reference once more, through the running services. Real are the broker, Redis and the object store; the
/// Aggregator with its API, clients, rounds, verification, streaming average and commits; and two trainers with their queues, journals,
/// uploads and kept optimiser states, in which the LocalTrainer plans the steps, follows the schedule, clips, optimises and writes its
/// files. Replaced, through <see cref="Training.IStageWork"/>, is what a client trains on: the model has the recorded shape, the initial
/// weights are the recorded ones, and instead of a data set's images come the recorded batches with their noise, masks, tokens or labels.
/// The Evaluator is a stand-in, since no weights come from it.
/// </summary>
[Collection(nameof(RunningAggregator))]
public sealed class ReplayTests(ServersFixture servers, ITestOutputHelper output)
{
    public static IEnumerable<TheoryDataRow<string>> Runs() =>
        RecordingsFolder.Rows().Where(row => row.Skip is not null || IsRun(row.Data)) is var rows && rows.Any() ? rows
        : [new TheoryDataRow<string>("") { Skip = $"There is no recorded federated run at {RecordingsFolder.Path}." }];

    [Theory]
    [MemberData(nameof(Runs))]
    public async Task Recorded_batches_through_the_running_services_give_the_recorded_global_weights(string name)
    {
        TorchNative.EnsureLoaded();
        using var recording = new Recording(Path.Combine(RecordingsFolder.Path, name));
        var run = new RecordedRun(recording);
        Assert.SkipUnless(run.Spec.LocalEpochs == 1, "The reference begins its schedule anew in each local epoch, this system does not.");
        await using var federation = await RecordedFederation.StartAsync(servers, recording.Folder, run);

        var commits = await federation.RunAsync();

        await HoldInitialWeightsAsync(recording, federation, commits[0]);
        var steps = recording.Json(run.StepsFile).EnumerateArray().ToLookup(step => step.GetProperty("round").GetInt32());
        foreach (var commit in commits.Skip(1))
        {
            var round = commit.Decision.Key.Round - 1; // recorded rounds count from 0
            HoldDecision(recording, run, commit, [.. steps[round]]);
            HoldWeights(recording, run, $"r{round}.average.", await federation.FetchAsync(commit.Global));
            foreach (var counted in commit.Decision.Counted)
            {
                var prefix = $"r{round}.c{IndexOf(run, counted.Client.Name)}.before_average.";
                HoldWeights(recording, run, prefix, await federation.FetchAsync(counted.Weights));
            }
        }
        Assert.NotEmpty(recording.NamesUnder($"{run.Outputs}r{run.Spec.Rounds - 1}.average."));
        LeaveOut(recording, run);
        recording.Verdict.SameAll("what has been read neither here nor by a trainer", [], recording.Unread.Where(federation.Unread.Contains));
        output.WriteLine(recording.Verdict.Summary());
        recording.Verdict.AssertNone();
    }

    private static async Task HoldInitialWeightsAsync(Recording recording, RecordedFederation federation, RoundCommit commit)
    {
        var expected = await File.ReadAllBytesAsync(recording.Weights("initial.safetensors"), TestContext.Current.CancellationToken);
        var actual = await File.ReadAllBytesAsync(await federation.FetchAsync(commit.Global), TestContext.Current.CancellationToken);
        recording.Verdict.SameAll("bytes of the initial weights", expected, actual);
    }

    /// <summary>Who counts, how much, and with which loss, which is the mean over the client's steps.</summary>
    private static void HoldDecision(Recording recording, RecordedRun run, RoundCommit commit, List<JsonElement> steps)
    {
        var (verdict, round) = (recording.Verdict, commit.Decision.Key.Round - 1);
        var losses = steps.ToLookup(step => step.GetProperty("client").GetString(), step => step.GetProperty("loss").GetDouble());
        verdict.SameAll(
            $"updates of round {round}",
            run.Clients.Select(client => (Path.GetFileNameWithoutExtension(client.List), (long)client.Images)).Order(),
            commit.Decision.Counted.Select(counted => (counted.Client.Name, counted.Samples)));
        foreach (var counted in commit.Decision.Counted)
        {
            var (list, _) = run.Clients[IndexOf(run, counted.Client.Name)];
            verdict.Hold($"loss of {list} in round {round}", losses[list].Average(), counted.Loss, verdict.Stated("loss"));
        }
        var mean = run.Clients.Sum(client => client.Images * losses[client.List].Average()) / run.Clients.Sum(client => client.Images);
        verdict.Hold($"loss of round {round}", mean, commit.Loss, verdict.Stated("loss"));
    }

    private static void HoldWeights(Recording recording, RecordedRun run, string prefix, string path)
    {
        using var task = run.CreateTask();
        ModelFile.Load(task.Model, path);
        recording.HoldParameters(task.Model, run.Outputs + prefix, "average");
    }

    private static void LeaveOut(Recording recording, RecordedRun run)
    {
        if (run.HasIntended)
        {
            recording.Json("steps.json");
            recording.LeaveOut(
                name => name.StartsWith("out.r", StringComparison.Ordinal),
                "what the reference did by a fault in its schedule cannot come from this system's schedule");
        }
        recording.LeaveOut(name => name.StartsWith("in.test.", StringComparison.Ordinal), "the Evaluator is a stand-in here");
        recording.LeaveOut(
            name => name.EndsWith(".tokenizer_images", StringComparison.Ordinal), "the tokens are recorded, so that nobody is asked for them");
    }

    private static int IndexOf(RecordedRun run, string client) =>
        run.Clients.Select(recorded => Path.GetFileNameWithoutExtension(recorded.List)).ToList().IndexOf(client);

    private static bool IsRun(string name)
    {
        var folder = Path.Combine(RecordingsFolder.Path, name);
        if (!File.Exists(Path.Combine(folder, "case.json"))) return false;
        using var recording = new Recording(folder);
        return RecordedRun.IsIn(recording);
    }
}
