using AspireFed.Contracts.Messages;

namespace AspireFed.ClientTrainer.Hosting;

/// <summary>
/// Deals the clients of a partition to the processes that share it; every process computes the same from the same folders.
/// </summary>
public static class ShardPlan
{
    /// <summary>
    /// The clients of each shard: the largest client goes to the shard with the fewest images (Graham, 1969), ties by the clients' ordinal
    /// names and the lower shard.
    /// </summary>
    public static IReadOnlyList<IReadOnlyList<HostedClient>> Deal(IEnumerable<HostedClient> clients, int shards)
    {
        var dealt = Enumerable.Range(0, shards).Select(_ => new List<HostedClient>()).ToArray();
        var loads = new long[shards];
        foreach (var client in clients.OrderByDescending(c => c.Images).ThenBy(c => c.Id.Name, StringComparer.Ordinal))
        {
            var lightest = Array.IndexOf(loads, loads.Min());
            dealt[lightest].Add(client);
            loads[lightest] += client.Images;
        }
        return dealt;
    }
}
