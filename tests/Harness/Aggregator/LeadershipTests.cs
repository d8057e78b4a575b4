using AspireFed.Aggregator.Leading;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>Two Aggregators, of which one leads.</summary>
public sealed class LeadershipTests
{
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
        var leadership = new Leadership(lease, store, time, NullLogger<Leadership>.Instance);
        var fenced = new FencedStore(store, leadership);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        var done = new TaskCompletionSource();
        var leading = leadership.LeadAsync(async termEnds =>
        {
            await fenced.PutAsync("before", "1"u8.ToArray(), termEnds);
            lease.Depose("another");
            time.Advance(TimeSpan.FromSeconds(6)); // as if the process had been stopped
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fenced.PutAsync("after", "1"u8.ToArray(), CancellationToken.None));
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => fenced.DeleteAsync("before", CancellationToken.None));
            Assert.True(termEnds.IsCancellationRequested);
            done.SetResult();
            await stop.CancelAsync();
        }, stop.Token);

        await Task.WhenAny(leading, done.Task);
        await done.Task;
        Assert.NotNull(await store.GetAsync("before", Cancel));
        Assert.Null(await store.GetAsync("after", Cancel));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leading);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_epoch_is_greater_than_all_that_the_ledger_knows_also_when_the_lease_was_lost_with_all_it_knew(bool listed)
    {
        using var store = new FolderObjectStore { Unlisted = listed ? null : ObjectNames.Term(41) };
        var ledger = new AspireFed.Ledger.ExperimentLedger(store);
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
}
