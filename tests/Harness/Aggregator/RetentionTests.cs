using System.Net;
using System.Text.RegularExpressions;
using AspireFed.Aggregator.Keeping;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.DependencyInjection;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed partial class RetentionTests
{
    private static readonly string Spec = TestSpecs.TwoStages.Replace("rounds: 2", "rounds: 7").With("keep: { last: 2, every: 3 }");

    // Of pre-training the third and the last two; of fine-tuning also the best, which is round 2.
    private static readonly string[] Kept = ["finetune/2", "finetune/3", "finetune/6", "finetune/7", "pretrain/3", "pretrain/6", "pretrain/7"];

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_spec_keeps_is_there_at_the_end_and_every_document()
    {
        using var store = new FolderObjectStore();
        string id;
        await using (var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: Evaluator(store)))
        {
            id = await host.CreateAsync(Spec);
            Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
            await store.UntilAsync(names => Weights(names).SequenceEqual(Kept));

            using var dropped = await host.Http.GetAsync($"/experiments/{id}/models/pretrain/2", Cancel);
            Assert.Equal(HttpStatusCode.Gone, dropped.StatusCode);
            Assert.Contains("`keep` has dropped it; of pretrain there are the rounds 3, 6, 7.",
                Regex.Unescape(await dropped.Content.ReadAsStringAsync(Cancel)), StringComparison.Ordinal);
            Assert.Equal(HttpStatusCode.OK, (await host.Http.GetAsync($"/experiments/{id}/models/pretrain/3", Cancel)).StatusCode);
        }
        Assert.Equal(Kept, Weights(store.Names));
        foreach (var file in new[] { "opening", "decision", "commit", "timing" })
            Assert.Equal(16, store.Names.Count(name => name.Contains($"/{file}", StringComparison.Ordinal) && name.EndsWith(".json", StringComparison.Ordinal)));
        Assert.Equal(7, store.Names.Count(name => name.EndsWith("/metrics.json", StringComparison.Ordinal)));
        Assert.DoesNotContain(store.Names, name => name.Contains("/updates/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Updates_go_while_the_experiment_goes_on_and_reasons_of_failures_stay()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[2].Instead = command => command.Key.Round == 1 ? trainers[2].FailAsync(command, "no") : Task.CompletedTask;
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("federation: { quorum: 2 }"));
        await store.UntilAsync(names => names.Any(name => name.EndsWith("pretrain/rounds/00001/timing.json", StringComparison.Ordinal))
            && Updates(names, 1).SequenceEqual(["client-3/failure.json"]));
        Assert.Null(await host.Ledger.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(id), Cancel));
    }

    [Fact]
    public async Task Updates_of_the_last_round_stay_where_late_ones_may_count_in_the_next()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        foreach (var trainer in trainers) trainer.Instead = command => command.Key.Round == 2 ? Task.CompletedTask : trainer.AnswerAsync(command);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        await host.CreateAsync(TestSpecs.TwoRounds.With("federation: { late: next }").With("keep: { last: 1 }"));
        // One look at what may go ends with the models.
        await store.UntilAsync(names => Weights(names).SequenceEqual(["pretrain/1"]));
        Assert.Equal((0, 6), (Updates(store.Names, 0).Count(), Updates(store.Names, 1).Count()));
    }

    [Fact]
    public async Task An_update_that_comes_after_the_end_is_refused_and_does_not_stay()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await host.EndOfAsync(id);
        await store.UntilAsync(names => !names.Any(name => name.Contains("/updates/", StringComparison.Ordinal)));

        await trainers[0].AnswerAsync(trainers[0].Commands.Last(), tensors => tensors.First().Value[0] += 1);

        await trainers[0].Refused.WaitAsync(Cancel);
        Assert.Equal("Round already committed.", trainers[0].Refusals.Single().Reason);
        await store.UntilAsync(names => !names.Any(name => name.Contains("/updates/", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task All_stays_where_the_spec_keeps_updates_and_enough_models()
    {
        using var store = new FolderObjectStore();
        string id;
        await using (var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            id = await host.CreateAsync(TestSpecs.TwoRounds.With("keep: { updates: true }"));
            await host.EndOfAsync(id);
        }
        Assert.Equal(["pretrain/0", "pretrain/1", "pretrain/2"], Weights(store.Names));
        Assert.Equal((2, 6, 6), (Updates(store.Names, 0).Count(), Updates(store.Names, 1).Count(), Updates(store.Names, 2).Count()));
        Assert.DoesNotContain(store.Calls, call => call.Call == "delete");
    }

    [Theory]
    [InlineData("pretrain", 4)]
    [InlineData("finetune", 5)]
    [InlineData("finetune", 7)]
    public async Task A_restart_between_commit_and_deletion_ends_with_the_same_objects(string stage, int round)
    {
        using var store = new FolderObjectStore();
        var prefix = $"{stage}/rounds/{round:D5}/";
        var stopped = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var committed = false;
        // From this commit on nothing is deleted, and what would follow it cannot be written.
        store.Fault = (call, name) =>
        {
            if (call == "put" && name.EndsWith($"{prefix}timing.json", StringComparison.Ordinal)) committed = true;
            else if (committed && call is "put" or "delete")
            {
                stopped.TrySetResult();
                return Gone();
            }
            return null;
        };
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: Evaluator(store)))
        {
            await first.CreateAsync(Spec);
            await stopped.Task.WaitAsync(Cancel);
        }
        Assert.Contains(store.Names, name => name.Contains($"{prefix}updates/", StringComparison.Ordinal));
        store.Fault = (_, _) => null;
        await using (await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: Evaluator(store)))
            await store.UntilAsync(IsSettled);
        Assert.True(IsSettled(store.Names));
    }

    [Fact]
    public async Task What_was_not_deleted_when_an_experiment_ended_is_after_the_next_start()
    {
        using var store = new FolderObjectStore();
        store.Fault = (call, _) => call == "delete" ? Gone() : null;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: Evaluator(store)))
            Assert.Equal(ExperimentEnd.Completed, (await first.EndOfAsync(await first.CreateAsync(Spec))).End);
        Assert.Equal(16, Weights(store.Names).Count());

        store.Fault = (_, _) => null;
        await using (await AggregatorHost.StartAsync(store, [])) await store.UntilAsync(IsSettled);
        Assert.True(IsSettled(store.Names));
    }

    [Fact]
    public async Task What_the_store_does_not_delete_when_nothing_more_is_to_come_is_asked_of_it_again()
    {
        using var store = new FolderObjectStore();
        store.Fault = (call, _) => call == "delete" ? Gone() : null;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: Evaluator(store)))
            await first.EndOfAsync(await first.CreateAsync(Spec));

        using var gate = new Gate("delete", ending: "");
        store.Fault = gate.Hold;
        await using var second = await AggregatorHost.StartAsync(store, []);
        await gate.Reached;
        gate.Break();
        store.Fault = (_, _) => null;
        second.Services.GetRequiredService<Retention>().LookAtEnded([]); // now and not in half a minute
        await store.UntilAsync(IsSettled);
    }

    [Fact]
    public async Task A_store_that_fails_in_deleting_holds_nothing_up_and_is_asked_again()
    {
        using var store = new FolderObjectStore();
        store.Fault = (call, _) => call == "delete" ? Gone() : null;
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: Evaluator(store));
        var id = await host.CreateAsync(Spec);
        await store.UntilAsync(names => names.Contains(ObjectNames.Commit(new RoundKey(id, Stage.Finetune, 5))));
        store.Fault = (_, _) => null;
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        await store.UntilAsync(IsSettled);
    }

    [Fact]
    public async Task A_late_update_is_gone_when_the_experiment_has_ended()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        TrainRound? late = null;
        trainers[2].Instead = async command =>
        {
            if (command.Key.Round == 1) late = command;
            if (command.Key.Round == 2)
            {
                await trainers[2].AnswerAsync(late!);
                await trainers[2].Refused.WaitAsync(Cancel);
            }
            if (command.Key.Round != 1) await trainers[2].AnswerAsync(command);
        };
        trainers[1].Instead = command => command.Key.Round == 1 ? trainers[1].FailAsync(command, "no") : trainers[1].AnswerAsync(command);
        var time = new Microsoft.Extensions.Time.Testing.FakeTimeProvider();
        await using var host = await AggregatorHost.StartAsync(store, trainers, time);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("federation: { quorum: 1, deadlineMinutes: 1 }"));
        await host.View.AwaitAsync(id, e => e.Kind == Contracts.Views.ExperimentEventKind.UpdateCounted, count: 2);
        host.Advance(time, TimeSpan.FromMinutes(1));
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);

        Assert.Contains(trainers[2].Refusals, refusal => refusal.Key.Round == 1);
        Assert.Contains(store.Calls, call => call.Call == "put" && call.Name.Contains("00001/updates/client-3/", StringComparison.Ordinal));
        await store.UntilAsync(names => Updates(names, 1).SequenceEqual(["client-2/failure.json"]));
    }

    [Fact]
    public async Task A_cancelled_experiment_keeps_no_updates_of_its_open_round()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[2].Instead = command => command.Key.Round == 2 ? Task.CompletedTask : trainers[2].AnswerAsync(command);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("keep: { last: 1 }"));
        await store.UntilAsync(names => Updates(names, 2).Count() == 4);
        await host.Http.PostAsync($"/experiments/{id}/cancel", null, Cancel);
        Assert.Equal(ExperimentEnd.Cancelled, (await host.EndOfAsync(id)).End);
        await store.UntilAsync(names => !names.Any(name => name.Contains("/updates/", StringComparison.Ordinal)) && Weights(names).SequenceEqual(["pretrain/1"]));
    }

    [Fact]
    public async Task Of_an_experiment_from_before_there_was_a_choice_nothing_goes()
    {
        using var store = new FolderObjectStore();
        store.Fault = (call, _) => call == "delete" ? Gone() : null;
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            id = await first.CreateAsync(Spec);
            await first.EndOfAsync(id);
        }
        var name = ObjectNames.Experiment(id);
        var record = System.Text.Json.Nodes.JsonNode.Parse((await store.GetAsync(name, Cancel))!)!;
        record["spec"]!.AsObject().Remove("keep");
        store.Fault = (_, _) => null;
        await store.PutAsync(name, System.Text.Encoding.UTF8.GetBytes(record.ToJsonString()), Cancel);
        var before = store.Names.Where(n => n.StartsWith(ObjectNames.ExperimentPrefix(id), StringComparison.Ordinal)).ToList();

        await using (var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            // A second experiment's end comes after the look at the first, so nothing is still to come.
            var next = await second.CreateAsync(TestSpecs.TwoRounds);
            await second.EndOfAsync(next);
            await store.UntilAsync(names => !names.Any(n => n.StartsWith(ObjectNames.ExperimentPrefix(next), StringComparison.Ordinal) && n.Contains("/updates/", StringComparison.Ordinal)));
        }
        Assert.Equal(before, store.Names.Where(n => n.StartsWith(ObjectNames.ExperimentPrefix(id), StringComparison.Ordinal)));
    }

    private static FakeEvaluator Evaluator(FolderObjectStore store) => new(store) { BalancedAccuracy = key => key.Round == 2 ? 0.9 : 0.1 * (key.Round % 4) };

    private static ObjectStoreException Gone() => new("The store does not answer.", new IOException());

    private static bool IsSettled(IReadOnlyList<string> names) => names.Any(name => name.EndsWith("/outcome.json", StringComparison.Ordinal))
        && Weights(names).SequenceEqual(Kept) && !names.Any(name => name.Contains("/updates/", StringComparison.Ordinal));

    private static IEnumerable<string> Weights(IReadOnlyList<string> names) =>
        names.Select(name => GlobalName().Match(name)).Where(match => match.Success).Select(match => $"{match.Groups[1]}/{match.Groups[2]}");

    private static IEnumerable<string> Updates(IReadOnlyList<string> names, int round)
    {
        var folder = $"pretrain/rounds/{round:D5}/updates/";
        return names.Where(name => name.Contains(folder, StringComparison.Ordinal)).Select(name => name.Split(folder)[1]);
    }

    [GeneratedRegex("([a-z]+)/rounds/0000([0-9])/global.safetensors$")]
    private static partial Regex GlobalName();
}
