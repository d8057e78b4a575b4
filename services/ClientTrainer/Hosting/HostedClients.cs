using System.IO.Enumeration;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Imaging.DataSets;

namespace AspireFed.ClientTrainer.Hosting;

/// <summary>Which clients this process hosts, by its data folders, its filter and its shard. Sees data sets that are added later.</summary>
public sealed class HostedClients(DataSetCatalog catalog, TrainerSettings settings, ILogger<HostedClients> logger)
{
    private readonly Lock _gate = new();
    private readonly HashSet<string> _told = [];
    private IReadOnlyList<HostedClient> _hosted = [];
    private HashSet<ClientId> _elsewhere = [];

    /// <summary>The clients of this process as the folders are now.</summary>
    public IReadOnlyList<HostedClient> Scan()
    {
        lock (_gate)
        {
            List<HostedClient> here = [];
            HashSet<ClientId> elsewhere = [];
            foreach (var set in catalog.Sets(Tell))
            {
                foreach (var partition in set.Partitions)
                {
                    var clients = set.Clients(partition).Where(IsWanted)
                        .Select(client => new HostedClient(client, CountImages(set, client)));
                    var shards = ShardPlan.Deal(clients, settings.Shards);
                    here.AddRange(shards[settings.Shard].OrderBy(c => c.Id.Name, StringComparer.Ordinal));
                    elsewhere.UnionWith(shards.Where((_, shard) => shard != settings.Shard).SelectMany(shard => shard).Select(c => c.Id));
                }
            }
            if (!here.SequenceEqual(_hosted))
                logger.LogInformation("Hosting {Count} clients: {Clients}", here.Count, string.Join(", ", here.Select(c => c.Id)));
            (_hosted, _elsewhere) = (here, elsewhere);
            return here;
        }
    }

    /// <summary>Whether another process of this simulation hosts the client, and keeps its optimiser state.</summary>
    public bool IsElsewhere(ClientId client)
    {
        lock (_gate)
        {
            Scan();
            return _elsewhere.Contains(client);
        }
    }

    private bool IsWanted(ClientId client) => settings.Clients is [] || settings.Clients.Any(pattern =>
        FileSystemName.MatchesSimpleExpression(pattern, client.Name, ignoreCase: false)
        || FileSystemName.MatchesSimpleExpression(pattern, client.ToString(), ignoreCase: false));

    private int CountImages(DataSet set, ClientId client)
    {
        try
        {
            return set.TrainImages(client).Count;
        }
        catch (InputException fault)
        {
            // The client stays in the federation: left out in silence it would be missing from an average that was to include it. When it
            // is asked to train, it says what is wrong.
            Tell(fault);
            var list = Path.Combine(set.Folder, client.Partition, $"{client.Name}.csv");
            return File.Exists(list) ? File.ReadLines(list).Count(line => !string.IsNullOrWhiteSpace(line)) : 0;
        }
    }

    private void Tell(InputException fault)
    {
        if (_told.Add(fault.Message))
            logger.LogWarning("{Fault}", fault.Message);
    }
}
