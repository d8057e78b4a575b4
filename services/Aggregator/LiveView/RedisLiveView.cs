using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using StackExchange.Redis;

namespace AspireFed.Aggregator.LiveView;

/// <summary>The live view in Redis: a stream of events and a hash of clients per experiment.</summary>
public sealed class RedisLiveView(IConnectionMultiplexer redis) : ILiveView
{
    private const int LongestStory = 5000;
    private const string Field = "event";
    private static readonly TimeSpan KeptAfterEnd = TimeSpan.FromDays(7);

    public Task<bool> HasStoryAsync(string experiment, CancellationToken cancel) =>
        redis.GetDatabase().KeyExistsAsync(Story(experiment)).WaitAsync(cancel);

    public Task AppendAsync(string experiment, IReadOnlyList<ExperimentEvent> events, CancellationToken cancel)
    {
        var database = redis.GetDatabase();
        // Sent one after the other without waiting; Redis keeps the order of a connection.
        return Task.WhenAll(events.Select(e => database.StreamAddAsync(
            Story(experiment), Field, Json(e), maxLength: LongestStory, useApproximateMaxLength: true))).WaitAsync(cancel);
    }

    public async Task<IReadOnlyList<LiveEvent>> ReadAsync(string experiment, string after, int atMost, CancellationToken cancel)
    {
        var entries = await redis.GetDatabase().StreamReadAsync(Story(experiment), after.Length == 0 ? "0-0" : after, atMost).WaitAsync(cancel);
        return [.. entries.Select(entry => new LiveEvent(entry.Id.ToString(), Parse<ExperimentEvent>(entry[Field])))];
    }

    public Task ShowAsync(string experiment, IReadOnlyList<ClientProgress> clients, bool afresh, CancellationToken cancel)
    {
        var database = redis.GetDatabase();
        List<Task> sent = [];
        if (afresh) sent.Add(database.KeyDeleteAsync(Clients(experiment)));
        if (clients.Count > 0)
            sent.Add(database.HashSetAsync(Clients(experiment), [.. clients.Select(client => new HashEntry(client.Client.Name, Json(client)))]));
        return Task.WhenAll(sent).WaitAsync(cancel);
    }

    public async Task<IReadOnlyList<ClientProgress>> ClientsAsync(string experiment, CancellationToken cancel)
    {
        var entries = await redis.GetDatabase().HashGetAllAsync(Clients(experiment)).WaitAsync(cancel);
        return [.. entries.Select(entry => Parse<ClientProgress>(entry.Value)).OrderBy(client => client.Client.Name, StringComparer.Ordinal)];
    }

    public Task ExpireAsync(string experiment, CancellationToken cancel)
    {
        var database = redis.GetDatabase();
        return Task.WhenAll(database.KeyExpireAsync(Story(experiment), KeptAfterEnd), database.KeyExpireAsync(Clients(experiment), KeptAfterEnd))
            .WaitAsync(cancel);
    }

    private static RedisKey Story(string experiment) => $"aspirefed:{experiment}:story";

    private static RedisKey Clients(string experiment) => $"aspirefed:{experiment}:clients";

    private static RedisValue Json<T>(T document) => JsonSerializer.SerializeToUtf8Bytes(document, ContractJson.Options);

    private static T Parse<T>(RedisValue json) => JsonSerializer.Deserialize<T>((byte[])json!, ContractJson.Options)!;
}
