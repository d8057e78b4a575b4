using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;
using AspireFed.Tests.Harness.Doubles;
using MassTransit;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>Clients that are late, that never answer, and that come in mid-run.</summary>
public sealed class MembershipTests
{
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 11, 24, 12, 0, 0, TimeSpan.Zero));

    [Fact]
    public async Task A_late_update_counts_in_the_next_round_where_the_spec_says_so()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = DeadlineTests.Silence(trainers[1], 1, 2);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var (id, command) = await DeadlineTests.PassDeadlineAsync(host, _time, asked, "federation: { quorum: 2, deadlineMinutes: 30, late: next }");
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.RoundCommitted, count: 2);
        await trainers[1].AnswerAsync(command);

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        var decision = (await host.CommitOfAsync(id, Stage.Pretrain, 2)).Decision;
        var late = Assert.Single(decision.Counted, counted => counted.Client.Name == "client-2");
        Assert.StartsWith(ObjectNames.UpdatesPrefix(command.Key), late.Weights.Name, StringComparison.Ordinal);
        Assert.Empty(trainers[1].Refusals);
    }

    [Fact]
    public async Task A_late_update_that_comes_between_two_rounds_counts_in_the_next_and_is_not_refused()
    {
        using var store = new FolderObjectStore();
        using var opening = new Gate("put", "pretrain/rounds/00002/opening.json");
        store.Fault = opening.Hold;
        var trainers = RoundTests.Trainers(store);
        var asked = DeadlineTests.Silence(trainers[1], 1, 2);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var (id, command) = await DeadlineTests.PassDeadlineAsync(host, _time, asked, "federation: { quorum: 2, deadlineMinutes: 30, late: next }");
        await opening.Reached;

        await trainers[1].AnswerAsync(command);
        await host.HeardAsync<UpdateReady>(update => update.Client == command.Client);
        opening.Open();

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Contains((await host.CommitOfAsync(id, Stage.Pretrain, 2)).Decision.Counted, counted => counted.Client == command.Client);
        Assert.Empty(trainers[1].Refusals);
    }

    [Fact]
    public async Task A_late_update_gives_way_to_the_one_that_its_client_makes_in_time()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = DeadlineTests.Silence(trainers[1], 1, 2);
        var holding = DeadlineTests.Silence(trainers[2], 2);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var (id, late) = await DeadlineTests.PassDeadlineAsync(host, _time, asked, "federation: { quorum: 2, deadlineMinutes: 30, late: next }");
        var last = await holding;
        await trainers[1].AnswerAsync(late);
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 5);

        await trainers[1].AnswerAsync(last with { Client = late.Client });
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 6);
        await trainers[2].AnswerAsync(last);

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        var counted = (await host.CommitOfAsync(id, Stage.Pretrain, 2)).Decision.Counted.Single(counted => counted.Client == late.Client);
        Assert.StartsWith(ObjectNames.UpdatesPrefix(last.Key), counted.Weights.Name, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_update_that_has_counted_counts_no_second_time_where_late_ones_are_taken()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[0].Instead = command => command.Key.Round == 2 ? Task.CompletedTask : trainers[0].AnswerAsync(command);
        await using var host = await AggregatorHost.StartAsync(store, trainers, _time);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("federation: { quorum: 2, deadlineMinutes: 30, late: next }"));
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.UpdateCounted, count: 6);

        host.Advance(_time, TimeSpan.FromMinutes(31));

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal(["client-2", "client-3"], (await host.CommitOfAsync(id, Stage.Pretrain, 2)).Decision.Counted.Select(counted => counted.Client.Name));
    }

    [Fact]
    public async Task A_client_that_gives_no_update_for_too_long_is_asked_no_more_in_the_stage_and_shown_as_dropped()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[1].Instead = command => trainers[1].FailAsync(command, "The disk is broken.");
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(
            TestSpecs.TwoStages.Replace("rounds: 2", "rounds: 4", StringComparison.Ordinal).With("federation: { quorum: 2, dropAfter: 2 }"));

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal(
            [(Stage.Pretrain, 1), (Stage.Pretrain, 2), (Stage.Finetune, 1), (Stage.Finetune, 2)],
            trainers[1].Commands.Select(command => (command.Key.Stage, command.Key.Round)).Distinct());
        var opening = await host.Ledger.GetAsync<RoundOpening>(
            ObjectNames.Opening(new RoundKey(id, Stage.Pretrain, 3)), TestContext.Current.CancellationToken);
        Assert.Equal(["client-1", "client-3"], opening.Cohort.Select(client => client.Name));
        Assert.Equal("client-2", Assert.Single(opening.Dropped).Name);
        await host.View.AwaitAsync(id, e => e.Text.Contains("dropped, since they gave no update for too long: client-2", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("open", 4)]
    [InlineData("fixed", 3)]
    public async Task A_client_of_the_partition_that_is_announced_in_mid_run_is_asked_from_the_next_round_on_where_membership_is_open(string membership, int asked)
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var held = new TaskCompletionSource<TrainRound>(TaskCreationOptions.RunContinuationsAsynchronously);
        trainers[1].Instead = command =>
        {
            if (command.Key.Round != 1) return trainers[1].AnswerAsync(command);
            held.TrySetResult(command);
            return Task.CompletedTask;
        };
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With($"federation: {{ clients: {membership} }}"));
        var command = await held.Task.WaitAsync(TestContext.Current.CancellationToken);

        var known = trainers[2].Announcement;
        var ofAnotherPartition = FakeTrainer.Id("client-5") with { Partition = "5_clients/split_1" };
        await host.AnnounceAsync(known with
        {
            Clients = [.. known.Clients, new HostedClient(FakeTrainer.Id("client-4"), 40), new HostedClient(ofAnotherPartition, 40)],
        });
        await trainers[1].AnswerAsync(command);

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal(3, (await host.CommitOfAsync(id, Stage.Pretrain, 1)).Decision.Counted.Count);
        Assert.Equal(asked, (await host.CommitOfAsync(id, Stage.Pretrain, 2)).Decision.Counted.Count);
    }

    [Fact]
    public async Task A_commit_tells_for_ever_who_was_asked_how_often_and_who_was_refused_and_why()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[1].Instead = async command =>
        {
            if (command.Key.Round == 1) await trainers[1].AnswerAsync(command, tensors => tensors["head.bias"][0] = float.NaN);
            else await trainers[1].AnswerAsync(command);
        };
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("federation: { quorum: 2 }"));

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        var decision = (await host.CommitOfAsync(id, Stage.Pretrain, 1)).Decision;
        Assert.Equal([("client-1", 1), ("client-2", 1), ("client-3", 1)], decision.Asked.Select(asked => (asked.Client.Name, asked.Times)));
        var refused = Assert.Single(decision.Refused);
        Assert.Equal("client-2", refused.Client.Name);
        Assert.Contains("head.bias", refused.Reason, StringComparison.Ordinal);
    }
}
