using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class RestartTests
{
    [Theory]
    [InlineData("opening.json")]
    [InlineData("decision-0000000001.json")]
    [InlineData("global.safetensors")]
    [InlineData("commit.json")]
    [InlineData("timing.json")]
    public async Task An_aggregator_that_dies_before_it_writes_goes_on_to_the_same_weights(string before)
    {
        using var store = new FolderObjectStore();
        var died = new TaskCompletionSource();
        store.Fault = (call, name) =>
        {
            if (call != "put" || !name.EndsWith($"pretrain/rounds/00001/{before}", StringComparison.Ordinal)) return null;
            died.TrySetResult();
            return new ObjectStoreException("The store is gone.", new IOException());
        };
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            id = await first.CreateAsync(TestSpecs.TwoRounds);
            await died.Task.WaitAsync(TestContext.Current.CancellationToken);
        }
        store.Fault = (_, _) => null;
        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));

        Assert.Equal(ExperimentEnd.Completed, (await second.EndOfAsync(id)).End);
        Assert.Equal(
            await RoundTests.FinalWeightsAsync(["client-1", "client-2", "client-3"]), (await second.CommitOfAsync(id, Stage.Pretrain, 2)).Global.Sha256);
    }

    [Fact]
    public async Task Updates_that_came_while_it_was_away_count_without_being_asked_for_again()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = new TaskCompletionSource<TrainRound>(TaskCreationOptions.RunContinuationsAsynchronously);
        trainers[1].Instead = command =>
        {
            asked.TrySetResult(command);
            return Task.CompletedTask;
        };
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, trainers))
        {
            id = await first.CreateAsync(TestSpecs.TwoRounds);
            await asked.Task;
            await first.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 3);
            await trainers[1].AnswerAsync(await asked.Task);
        }
        var later = RoundTests.Trainers(store);
        await using var second = await AggregatorHost.StartAsync(store, later);
        Assert.Equal(ExperimentEnd.Completed, (await second.EndOfAsync(id)).End);
        Assert.DoesNotContain(later.SelectMany(trainer => trainer.Commands), command => command.Key.Round == 1);
    }

    [Fact]
    public async Task A_cancellation_that_lies_in_the_ledger_outlives_the_aggregator_that_took_it()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = DeadlineTests.Silence(trainers[1], 1);
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, trainers))
        {
            id = await first.CreateAsync(TestSpecs.TwoRounds);
            await asked;
        }
        await store.PutAsync(ObjectNames.Cancellation(id), "{}"u8.ToArray(), TestContext.Current.CancellationToken);
        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        Assert.Equal(ExperimentEnd.Cancelled, (await second.EndOfAsync(id)).End);
    }

    [Fact]
    public async Task A_round_that_is_open_keeps_its_cohort_and_its_deadline_over_a_restart()
    {
        using var store = new FolderObjectStore();
        var time = new FakeTimeProvider();
        var trainers = RoundTests.Trainers(store);
        var asked = DeadlineTests.Silence(trainers[1], 1);
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, trainers, time))
        {
            id = await first.CreateAsync(TestSpecs.TwoRounds.With("federation: { deadlineMinutes: 30 }"));
            await asked;
        }
        var opening = ObjectNames.Opening(new RoundKey(id, Stage.Pretrain, 1));
        var before = await store.GetAsync(opening, TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromMinutes(20));
        var later = RoundTests.Trainers(store);
        await using var second = await AggregatorHost.StartAsync(store, later, time);

        Assert.Equal(ExperimentEnd.Completed, (await second.EndOfAsync(id)).End);
        var again = later.SelectMany(trainer => trainer.Commands).Where(command => command.Key.Round == 1).ToList();
        Assert.NotEmpty(again);
        Assert.All(again, command => Assert.Equal(TimeSpan.FromMinutes(10), command.Left));
        Assert.Equal(before, await store.GetAsync(opening, TestContext.Current.CancellationToken));
        Assert.Single(store.Calls, call => call == ("put", opening));
    }

    [Fact]
    public async Task A_decision_that_lies_in_the_ledger_stands_though_all_of_Redis_is_lost_and_another_update_has_come()
    {
        using var store = new FolderObjectStore();
        using var commit = new Gate("put", "pretrain/rounds/00001/commit.json");
        var time = new FakeTimeProvider();
        var trainers = RoundTests.Trainers(store);
        var asked = DeadlineTests.Silence(trainers[1], 1);
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, trainers, time))
        {
            store.Fault = commit.Hold;
            (id, var missed) = await DeadlineTests.PassDeadlineAsync(first, time, asked, "federation: { quorum: 2, deadlineMinutes: 30 }");
            await commit.Reached;
            await trainers[1].AnswerAsync(missed);
            commit.Break(); // it fails now, and with every try until the process ends
        }
        store.Fault = (_, _) => null;
        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));

        Assert.Equal(ExperimentEnd.Completed, (await second.EndOfAsync(id)).End);
        Assert.Equal(["client-1", "client-3"], (await second.CommitOfAsync(id, Stage.Pretrain, 1)).Decision.Counted.Select(counted => counted.Client.Name));
    }

    [Fact]
    public async Task An_experiment_that_somebody_altered_keeps_no_other_from_running_and_can_be_audited()
    {
        using var store = new FolderObjectStore();
        string altered;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            altered = await first.CreateAsync(TestSpecs.TwoRounds);
            await first.EndOfAsync(altered);
        }
        var commit = ObjectNames.Commit(new RoundKey(altered, Stage.Pretrain, 2));
        await store.PutAsync(commit, "{ oh"u8.ToArray(), TestContext.Current.CancellationToken);

        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        Assert.Equal(ExperimentEnd.Completed, (await second.EndOfAsync(await second.CreateAsync(TestSpecs.TwoRounds))).End);
        var audit = await second.Http.GetStringAsync($"/experiments/{altered}/audit", TestContext.Current.CancellationToken);
        Assert.Contains($"{commit} can no longer be read", audit, StringComparison.Ordinal);
        using var shown = await second.Http.GetAsync($"/experiments/{altered}", TestContext.Current.CancellationToken);
        Assert.Contains("cannot be read", await shown.Content.ReadAsStringAsync(TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_emptied_live_view_is_told_again_from_the_ledger()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await host.EndOfAsync(id);
        host.View.Flush();

        var story = await host.Http.GetStringAsync($"/experiments/{id}/events", TestContext.Current.CancellationToken);
        Assert.Contains("was accepted", story, StringComparison.Ordinal);
        Assert.Contains("Pretrain round 2 is committed", story, StringComparison.Ordinal);
        Assert.Contains("\"kind\":\"ended\"", story, StringComparison.Ordinal);
        Assert.Equal(3, (await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Rounds.Count);
    }
}
