using AspireFed.Aggregator.Leading;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>Two Aggregators, of which one leads.</summary>
public sealed class LeadershipTests
{
    private static readonly RoundKey Round = new("an-experiment", Stage.Pretrain, 1);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_aggregator_that_stands_by_goes_on_where_the_leader_left_off()
    {
        using var store = new FolderObjectStore();
        var lease = new MemoryLease();
        var trainers = RoundTests.Trainers(store);
        var held = new TaskCompletionSource<TrainRound>(TaskCreationOptions.RunContinuationsAsynchronously);
        trainers[1].Instead = command =>
        {
            if (command.Key.Round != 1) return trainers[1].AnswerAsync(command);
            held.TrySetResult(command);
            return Task.CompletedTask;
        };
        var leader = await AggregatorHost.StartAsync(store, trainers, lease: lease);
        await using var other = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), lease: lease);
        var id = await leader.CreateAsync(TestSpecs.TwoRounds);
        await held.Task.WaitAsync(Cancel);
        await leader.DisposeAsync();

        Assert.Equal(ExperimentEnd.Completed, (await other.EndOfAsync(id)).End);
        var last = await other.CommitOfAsync(id, Stage.Pretrain, 2);
        Assert.Equal(2, last.Decision.Epoch);
        Assert.Equal(await RoundTests.FinalWeightsAsync(["client-1", "client-2", "client-3"]), last.Global.Sha256);
    }

    [Fact]
    public async Task A_leader_whose_lease_has_run_out_unnoticed_writes_and_deletes_nothing()
    {
        using var store = new FolderObjectStore();
        var time = new FakeTimeProvider();
        var lease = new MemoryLease { Length = TimeSpan.FromSeconds(5) };
        await RuleAsync(lease, store, time, async (leadership, termEnds) =>
        {
            var fenced = new FencedStore(store, leadership);
            await fenced.PutAsync("before", "1"u8.ToArray(), termEnds);
            lease.Depose("another");
            time.Advance(TimeSpan.FromSeconds(6)); // as if the process had been stopped
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fenced.PutAsync("after", "1"u8.ToArray(), CancellationToken.None));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fenced.DeleteAsync("before", CancellationToken.None));
            Assert.True(termEnds.IsCancellationRequested);
        });

        Assert.NotNull(await store.GetAsync("before", Cancel));
        Assert.Null(await store.GetAsync("after", Cancel));
    }

    [Fact]
    public async Task A_write_that_is_under_way_when_the_term_ends_is_broken_off()
    {
        using var store = new FolderObjectStore();
        var time = new FakeTimeProvider();
        var lease = new MemoryLease { Length = TimeSpan.FromSeconds(5) };
        await RuleAsync(lease, store, time, async (leadership, _) =>
        {
            store.Fault = (call, _) =>
            {
                if (call != "put") return null;
                lease.Depose("another");
                time.Advance(TimeSpan.FromSeconds(6));
                Assert.ThrowsAny<OperationCanceledException>(() => leadership.Current);
                return null;
            };
            var fenced = new FencedStore(store, leadership);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fenced.PutAsync("late", "1"u8.ToArray(), CancellationToken.None));
        });
        Assert.Null(await store.GetAsync("late", Cancel));
    }

    [Fact]
    public async Task A_leader_that_cannot_renew_its_lease_stops_by_itself_when_it_has_run_out()
    {
        using var store = new FolderObjectStore();
        var time = new FakeTimeProvider();
        var lease = new MemoryLease { Length = TimeSpan.FromSeconds(5) };
        await RuleAsync(lease, store, time, async (_, termEnds) =>
        {
            lease.Away = true;
            await EndedAsync(() => time.Advance(TimeSpan.FromSeconds(6)), termEnds);
            lease.Away = false;
        });
    }

    [Fact]
    public async Task What_was_decided_is_forgotten_with_the_end_of_the_experiment()
    {
        using var store = new FolderObjectStore();
        var lease = new MemoryLease();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), lease: lease);
        await host.EndOfAsync(await host.CreateAsync(TestSpecs.TwoRounds));
        Assert.Empty(lease.Remembers);
    }

    [Fact]
    public async Task A_leader_that_another_has_deposed_leads_no_more_with_its_next_renewal_long_before_the_lease_would_have_run_out()
    {
        using var store = new FolderObjectStore();
        var time = new FakeTimeProvider();
        var lease = new MemoryLease();
        await RuleAsync(lease, store, time, async (_, termEnds) =>
        {
            lease.Depose("another");
            await EndedAsync(() => time.Advance(TimeSpan.FromSeconds(1)), termEnds);
        });
    }

    [Fact]
    public void A_term_that_is_not_renewed_is_over_before_anybody_has_said_so()
    {
        var time = new FakeTimeProvider();
        var term = new Term("a machine", 1, TimeSpan.FromSeconds(5), time);
        time.Advance(TimeSpan.FromSeconds(4.9));
        term.Demand();

        time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.Throws<OperationCanceledException>(term.Demand);
        Assert.True(term.Over.IsCancellationRequested);
    }

    [Fact]
    public async Task A_lease_that_another_has_taken_before_the_ledger_knew_of_the_term_is_none()
    {
        using var store = new FolderObjectStore();
        var lease = new MemoryLease();
        var epochs = new List<long>();
        store.Fault = (call, name) =>
        {
            if (call == "put" && name == ObjectNames.Term(1)) lease.Depose("another");
            return null;
        };
        var time = new FakeTimeProvider();
        var leadership = new Leadership(lease, store, time, NullLogger<Leadership>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var leading = leadership.LeadAsync(_ =>
        {
            epochs.Add(leadership.Current.Epoch);
            return stop.CancelAsync();
        }, stop.Token);

        await lease.ReleaseAsync("another", 2, Cancel);
        while (!leading.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        Assert.Equal([3], epochs);
    }

    [Fact]
    public async Task A_leader_that_another_has_deposed_without_its_knowledge_decides_nothing()
    {
        using var store = new FolderObjectStore();
        var lease = new MemoryLease();
        await RuleAsync(lease, store, new FakeTimeProvider(), async (leadership, _) =>
        {
            lease.Depose("another");
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => DecideAsync(store, leadership, lease, "client-1"));
        });

        Assert.DoesNotContain(store.Names, name => name.StartsWith(ObjectNames.DecisionsPrefix(Round), StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_decision_that_was_made_and_could_not_be_written_stands_under_the_next_leader()
    {
        using var store = new FolderObjectStore();
        var lease = new MemoryLease();
        store.Fault = (call, name) => call == "put" && name.StartsWith(ObjectNames.DecisionsPrefix(Round), StringComparison.Ordinal) ? new IOException("It is away.") : null;
        await RuleAsync(lease, store, new FakeTimeProvider(), (leadership, _) => Assert.ThrowsAsync<IOException>(() => DecideAsync(store, leadership, lease, "client-1")));
        store.Fault = (_, _) => null;

        RoundDecision? stands = null;
        await RuleAsync(lease, store, new FakeTimeProvider(), async (leadership, _) => stands = await DecideAsync(store, leadership, lease, "client-2"));

        Assert.Equal(("client-1", 1), (Assert.Single(stands!.LeftOut).Client.Name, stands.Epoch));
        Assert.Equal([ObjectNames.Decision(Round, 1)], store.Names.Where(name => name.StartsWith(ObjectNames.DecisionsPrefix(Round), StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_epoch_is_greater_than_all_that_the_ledger_knows_also_when_the_lease_was_lost_with_all_it_knew(bool listed)
    {
        using var store = new FolderObjectStore { Unlisted = listed ? null : ObjectNames.Term(41) };
        var ledger = new ExperimentLedger(store);
        foreach (var epoch in new[] { 40, 41 })
            await ledger.WriteAsync(ObjectNames.Term(epoch), new LeaderTerm(epoch, "a machine of old", DateTimeOffset.UnixEpoch), Cancel);
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var id = await host.CreateAsync(TestSpecs.TwoRounds);

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal(42, (await host.CommitOfAsync(id, Stage.Pretrain, 1)).Decision.Epoch);
    }

    [Theory]
    [InlineData("experiments")]
    [InlineData("checkpoints/0000000000000000000000000000000000000000000000000000000000000000")]
    public async Task Whoever_asks_an_aggregator_that_stands_by_is_told_so(string path)
    {
        using var store = new FolderObjectStore();
        var lease = new MemoryLease();
        lease.Depose("another");
        var time = new FakeTimeProvider();
        await using var host = await AggregatorHost.StartAsync(store, [], time, lease: lease);
        var asked = host.Http.GetAsync($"/{path}", Cancel);
        while (!asked.IsCompleted) // it waits for a while first, since a change of leaders takes no longer
        {
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        using var answer = await asked;
        Assert.Equal(System.Net.HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Contains("does not lead", await answer.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    /// <summary>Does something and returns when the term has ended by it.</summary>
    private static async Task EndedAsync(Action act, CancellationToken term)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var told = term.Register(ended.SetResult);
        act();
        await ended.Task.WaitAsync(FolderObjectStore.Patience, Cancel);
    }

    /// <summary>Leads, acts, and gives the lease back.</summary>
    private static async Task RuleAsync(MemoryLease lease, FolderObjectStore store, FakeTimeProvider time, Func<Leadership, CancellationToken, Task> act)
    {
        var leadership = new Leadership(lease, store, time, NullLogger<Leadership>.Instance);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leadership.LeadAsync(async termEnds =>
        {
            await act(leadership, termEnds);
            await stop.CancelAsync();
        }, stop.Token));
    }

    private static Task<RoundDecision> DecideAsync(FolderObjectStore store, Leadership leadership, MemoryLease lease, string leftOut) =>
        new RoundDecisions(new ExperimentLedger(store), leadership, lease)
            .MakeAsync(new RoundDecision(Round, [], [new LeftOut(FakeTrainer.Id(leftOut), "It is left out.")]), Cancel);
}
