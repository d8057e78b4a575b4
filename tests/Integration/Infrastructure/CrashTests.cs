using AspireFed.Ledger;
using StackExchange.Redis;

namespace AspireFed.Tests.Integration.Infrastructure;

/// <summary>Servers that are killed and started again, on a set of their own.</summary>
public sealed class CrashTests(CrashTests.OwnServers own) : IClassFixture<CrashTests.OwnServers>
{
    public sealed class OwnServers : IAsyncLifetime
    {
        public ServersFixture Servers { get; } = new();

        public ValueTask InitializeAsync() => Servers.InitializeAsync();

        public ValueTask DisposeAsync() => Servers.DisposeAsync();
    }

    [Fact]
    public async Task What_the_object_store_acknowledged_is_there_after_it_was_killed()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var store = new MinioObjectStore(ObjectStoreSettings.Parse(own.Servers.ObjectStore), TimeProvider.System);
        await store.EnsureBucketAsync(cancel);
        var content = new byte[100_000];
        Random.Shared.NextBytes(content);
        await store.PutAsync("crash/content", content, cancel);
        foreach (var part in new[] { "objectstore-object", "objectstore-container", "objectstore-account", "objectstore" })
        {
            await own.Servers.KillAsync(part, cancel);
            await own.Servers.StartAsync(part, cancel);
        }
        Assert.Equal(content, await store.GetAsync("crash/content", cancel));
        Assert.Equal(["crash/content"], await store.ListAsync("crash/", cancel));
    }

    [Fact]
    public async Task What_Redis_acknowledged_is_there_after_it_was_killed()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using (var before = await ConnectionMultiplexer.ConnectAsync(own.Servers.Redis))
            await before.GetDatabase().StringSetAsync("crash", "here");
        await own.Servers.KillAsync("redis", cancel);
        await own.Servers.StartAsync("redis", cancel);
        await using var after = await ConnectionMultiplexer.ConnectAsync(own.Servers.Redis);
        Assert.Equal("here", await after.GetDatabase().StringGetAsync("crash"));
    }

    [Fact]
    public async Task Every_bus_takes_up_its_work_again_after_the_broker_was_killed_while_they_published()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var buses = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TalkingBus.StartAsync(own.Servers.RabbitMq, cancel)));
        var talk = buses.Select(bus => bus.TalkAsync(enough.Token)).ToList();

        await own.Servers.KillAsync("rabbitmq", cancel);
        await own.Servers.StartAsync("rabbitmq", cancel);

        await Task.WhenAll(buses.Select(bus => bus.HearsItselfAsync(cancel)));
        await enough.CancelAsync();
        await Task.WhenAll(talk);
        foreach (var bus in buses) await bus.DisposeAsync();
    }
}
