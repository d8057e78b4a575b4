using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger.Faults;
using AspireFed.Tests.Chaos.Plan;
using AspireFed.Tests.Chaos.World;
using AspireFed.Tests.Integration.Infrastructure;

namespace AspireFed.Tests.Chaos;

/// <summary>An Aggregator that is stopped in the midst of its work, followed by another, and woken again.</summary>
[Collection("one world at a time")]
public sealed class PausedLeaderTests(ServersFixture servers)
{
    private const int Rounds = 2;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_leader_that_was_paused_before_its_commit_and_woken_after_the_end_changes_nothing()
    {
        await using var world = new ChaosWorld(servers);
        await world.StartAsync(Cancel);
        var id = await world.CreateAsync(ChaosSpecs.Mae(Rounds) + "\nkeep:\n  last: 100\n", Cancel);
        var leader = await world.LeaderAsync(Cancel);
        await leader.SufferAsync(new Fault(FaultPoint.GlobalWritten, FaultAction.Stop), Cancel);

        var driver = new Driver(world, id, _ => { });
        var outcome = await driver.RunAsync([(Stage.Pretrain, Rounds), (Stage.Finetune, Rounds)], [], Cancel);
        Assert.Equal(ExperimentEnd.Completed, outcome.End);
        var before = await world.ObjectsAsync(id, Cancel);

        await leader.GoOnAsync();
        await leader.SaysAsync("leads no more");
        Assert.Equal(before, await world.ObjectsAsync(id, Cancel));
        Assert.All(driver.Commits, commit => Assert.Empty(commit.Decision.LeftOut));
    }
}
