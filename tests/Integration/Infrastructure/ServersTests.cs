using AspireFed.Ledger;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace AspireFed.Tests.Integration.Infrastructure;

public sealed class ServersTests(ServersFixture servers)
{
    [Fact]
    public async Task Redis_answers()
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync(servers.Redis);
        await redis.GetDatabase().StringSetAsync("servers-test", "here");
        Assert.Equal("here", await redis.GetDatabase().StringGetAsync("servers-test"));
    }

    [Fact]
    public async Task RabbitMq_answers()
    {
        var cancel = TestContext.Current.CancellationToken;
        await using var connection = await new ConnectionFactory { Uri = new Uri(servers.RabbitMq) }.CreateConnectionAsync(cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        var queue = await channel.QueueDeclareAsync(cancellationToken: cancel);
        await channel.BasicPublishAsync("", queue.QueueName, new byte[] { 7 }, cancel);
        BasicGetResult? got = null;
        while (got is null) got = await channel.BasicGetAsync(queue.QueueName, autoAck: true, cancel);
        Assert.Equal([7], got.Body.ToArray());
    }

    [Fact]
    public async Task The_object_store_answers()
    {
        var cancel = TestContext.Current.CancellationToken;
        using var store = new MinioObjectStore(ObjectStoreSettings.Parse(servers.ObjectStore), TimeProvider.System);
        await store.EnsureBucketAsync(cancel);
        await store.PutAsync("servers-test/here", new byte[] { 7 }, cancel);
        Assert.Equal([7], await store.GetAsync("servers-test/here", cancel));
    }
}
