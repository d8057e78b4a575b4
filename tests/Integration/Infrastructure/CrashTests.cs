using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
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
    public async Task The_bus_takes_up_its_work_again_after_the_broker_was_killed()
    {
        var cancel = TestContext.Current.CancellationToken;
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:rabbitmq"] = own.Servers.RabbitMq;
        var got = new TaskCompletionSource<CancelTraining>(TaskCreationOptions.RunContinuationsAsynchronously);
        builder.Services.AddSingleton(got);
        builder.AddMessaging(bus => bus.AddConsumer<CrashTestConsumer>(), (_, _) => { });
        using var host = builder.Build();
        await host.StartAsync(cancel);

        await own.Servers.KillAsync("rabbitmq", cancel);
        await own.Servers.StartAsync("rabbitmq", cancel);

        var sent = new CancelTraining("crash-test", "after the crash");
        await host.Services.GetRequiredService<IBus>().Publish(sent, cancel);
        Assert.Equal(sent, await got.Task.WaitAsync(cancel));
        await host.StopAsync(cancel);
    }

    private sealed class CrashTestConsumer(TaskCompletionSource<CancelTraining> got) : IConsumer<CancelTraining>
    {
        public Task Consume(ConsumeContext<CancelTraining> context)
        {
            got.TrySetResult(context.Message);
            return Task.CompletedTask;
        }
    }
}
