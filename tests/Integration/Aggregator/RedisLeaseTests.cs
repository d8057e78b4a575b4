using AspireFed.Aggregator.Leading;
using AspireFed.Tests.Integration.Infrastructure;
using StackExchange.Redis;

namespace AspireFed.Tests.Integration.Aggregator;

/// <summary>The lease in a real Redis.</summary>
public sealed class RedisLeaseTests(ServersFixture servers)
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_holder_at_a_time_with_an_epoch_that_grows()
    {
        await using var redis = await EmptyAsync(11);
        var lease = new RedisLease(redis);
        Assert.Equal(8, await lease.TryTakeAsync("a", above: 7, Cancel));
        Assert.Null(await lease.TryTakeAsync("b", above: 7, Cancel));
        Assert.Equal("a", await lease.HolderAsync(Cancel));
        Assert.True(await lease.RenewAsync("a", 8, Cancel));
        Assert.False(await lease.RenewAsync("b", 8, Cancel));
        await lease.ReleaseAsync("b", 8, Cancel);
        Assert.Equal("a", await lease.HolderAsync(Cancel));
        await lease.ReleaseAsync("a", 8, Cancel);
        Assert.Equal(9, await lease.TryTakeAsync("b", above: 7, Cancel));
        Assert.False(await lease.RenewAsync("a", 8, Cancel));
    }

    [Fact]
    public async Task After_a_loss_of_redis_the_holder_goes_on_unless_another_has_begun()
    {
        await using var redis = await EmptyAsync(12);
        var lease = new RedisLease(redis);
        var epoch = (await lease.TryTakeAsync("a", above: 0, Cancel))!.Value;
        await redis.GetServers()[0].FlushDatabaseAsync(12);
        Assert.True(await lease.RenewAsync("a", epoch, Cancel));
        Assert.Null(await lease.TryTakeAsync("b", above: epoch, Cancel));
        await redis.GetServers()[0].FlushDatabaseAsync(12);
        Assert.Equal(epoch + 1, await lease.TryTakeAsync("b", above: epoch, Cancel));
        await lease.ReleaseAsync("b", epoch + 1, Cancel);
        Assert.False(await lease.RenewAsync("a", epoch, Cancel));
    }

    [Fact]
    public async Task A_renewal_gives_the_lease_its_whole_length_again()
    {
        await using var redis = await EmptyAsync(14);
        var lease = new RedisLease(redis);
        var epoch = (await lease.TryTakeAsync("a", above: 0, Cancel))!.Value;
        await redis.GetDatabase().KeyPersistAsync("aspirefed:leader"); // a lease of another length, without a race against it
        var now = await redis.GetServers()[0].TimeAsync();
        Assert.True(await lease.RenewAsync("a", epoch, Cancel));
        var left = await redis.GetDatabase().KeyTimeToLiveAsync("aspirefed:leader");
        var asked = await redis.GetServers()[0].TimeAsync(); // after the answer, so that a slow machine makes the sum no smaller
        Assert.True(asked + left >= now.AddMilliseconds(-1) + lease.Length, $"It was renewed at {now:O} and has {left} left at {asked:O}.");
    }

    [Fact]
    public async Task The_first_decision_of_a_round_stands_for_the_next_leader_too_and_a_deposed_one_makes_none()
    {
        await using var redis = await EmptyAsync(13);
        var lease = new RedisLease(redis);
        var epoch = (await lease.TryTakeAsync("a", above: 0, Cancel))!.Value;
        Assert.Equal([1], await lease.DecideAsync("a", epoch, "x", "x/pretrain/1", [1], Cancel));
        await lease.ReleaseAsync("a", epoch, Cancel);
        var next = (await lease.TryTakeAsync("b", above: epoch, Cancel))!.Value;
        Assert.Equal([1], await lease.DecideAsync("b", next, "x", "x/pretrain/1", [2], Cancel));
        Assert.Null(await lease.DecideAsync("a", epoch, "x", "x/pretrain/2", [3], Cancel));
        Assert.Equal([4], await lease.DecideAsync("b", next, "x", "x/pretrain/2", [4], Cancel));
        await lease.ForgetAsync("x", Cancel);
        Assert.Equal([5], await lease.DecideAsync("b", next, "x", "x/pretrain/2", [5], Cancel));
    }

    private async Task<ConnectionMultiplexer> EmptyAsync(int database)
    {
        var redis = await ConnectionMultiplexer.ConnectAsync($"{servers.Redis},allowAdmin=true,defaultDatabase={database}");
        await redis.GetServers()[0].FlushDatabaseAsync(database);
        return redis;
    }
}
