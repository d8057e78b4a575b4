using System.Globalization;
using System.Text.RegularExpressions;
using AspireFed.Aggregator.Clients;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Checks a spec against the clients that trainers have announced: a set, a partition or a client that nobody has, too few images.</summary>
public sealed partial class SpecAgainstClients(ExperimentSpec spec, Func<string, int> lineOf, IReadOnlyList<RegisteredClient> announced)
{
    private readonly List<SpecFault> _faults = [];

    /// <summary>The faults, and where there are none the clients of the federation in ordinal order of their names.</summary>
    public (IReadOnlyList<SpecFault> Faults, IReadOnlyList<ClientId> Clients) Check()
    {
        var clients = Federation();
        foreach (var stage in spec.Stages()) CheckImages(stage, clients);
        if (clients.Count > 0 && spec.Data.Clients.Count == 0) CheckRules(clients.Count);
        return (_faults, [.. clients.Select(client => client.Client)]);
    }

    private List<RegisteredClient> Federation()
    {
        var data = spec.Data;
        if (data.Set.Length == 0 || data.Partition.Length == 0) return [];
        var ofSet = announced.Where(client => client.Client.Set == data.Set).ToList();
        if (ofSet.Count == 0)
        {
            Fault("data.set", $"No trainer has announced the set '{data.Set}'; {Known("sets", announced.Select(client => client.Client.Set))}.");
            return [];
        }
        var ofPartition = ofSet.Where(client => client.Client.Partition == data.Partition).ToList();
        if (ofPartition.Count == 0)
        {
            Fault("data.partition", $"No trainer has announced the partition '{data.Partition}' of the set '{data.Set}'; "
                + $"{Known("partitions", ofSet.Select(client => client.Client.Partition))}.");
            return [];
        }
        var names = ofPartition.Select(client => client.Client.Name).ToHashSet(StringComparer.Ordinal);
        if (data.Clients.Count == 0)
        {
            if (ClientCount().Match(data.Partition) is { Success: true } count
                && int.Parse(count.Groups[1].ValueSpan, CultureInfo.InvariantCulture) is var whole && whole > names.Count)
            {
                Fault("data.partition", $"Only {names.Count} of the {whole} clients of '{data.Partition}' have been announced ({string.Join(", ", names.Order(StringComparer.Ordinal))}); "
                    + "start the trainers of the others, or name the clients to use in data.clients.");
                return [];
            }
            return ofPartition;
        }
        foreach (var (name, index) in data.Clients.Select((name, index) => (name, index)).Where(wanted => !names.Contains(wanted.name)))
            Fault($"data.clients[{index}]", $"No trainer has announced the client '{name}' of {data.Set}/{data.Partition}; {Known("clients", names)}.");
        return [.. ofPartition.Where(client => data.Clients.Contains(client.Client.Name, StringComparer.Ordinal))];
    }

    private void CheckImages(Stage stage, List<RegisteredClient> clients)
    {
        if (spec.Training(stage).Rounds == 0) return; // only to be evaluated
        var batch = spec.Training(stage).BatchSize;
        var few = clients.Where(client => client.Images < batch).Select(client => $"{client.Client.Name} has {client.Images}").ToList();
        if (few.Count == 0) return;
        Fault($"{stage.ToName()}.batchSize", $"A batch of {batch} is more than all the images of some clients ({string.Join(", ", few)}); "
            + "make the batch smaller or leave them out by data.clients.");
    }

    /// <summary>Where the spec names no clients, only here is it known how many there are.</summary>
    private void CheckRules(int clients)
    {
        var (cohort, quorum) = (spec.Federation.Cohort, spec.Federation.Quorum);
        if (cohort > clients) Fault("federation.cohort", $"{cohort} clients cannot be asked: the federation has {clients}.");
        if (cohort == 0 && quorum > clients) Fault("federation.quorum", $"{quorum} updates can never come: the federation has {clients} clients.");
    }

    private void Fault(string path, string message) => _faults.Add(new SpecFault(path, lineOf(path), message));

    private static string Known(string what, IEnumerable<string> names)
    {
        var known = names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal).ToList();
        return known.Count == 0 ? $"no {what} are known, since no trainer is running" : $"known {what}: {string.Join(", ", known)}";
    }

    [GeneratedRegex("^([0-9]{1,6})_clients/")]
    private static partial Regex ClientCount();
}
