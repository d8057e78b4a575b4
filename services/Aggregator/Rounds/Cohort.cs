using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Chooses who is asked in a round.</summary>
public sealed class Cohort(ClientRegistry registry)
{
    /// <summary>
    /// In ordinal order of names: all clients that are not dropped or a sample of them that depends on the seed, the stage and the round alone.
    /// The initial weights (round 0) are asked of the first client. With open membership the answer depends on who is there: the round's
    /// opening keeps it.
    /// </summary>
    public (IReadOnlyList<ClientId> Asked, IReadOnlyList<ClientId> Dropped) Of(ExperimentHistory history, RoundKey key)
    {
        var (record, federation) = (history.Record, history.Record.Spec.Federation);
        if (key.Round == 0) return ([record.Clients[0]], []);
        var members = federation.Clients == Membership.Open ? WithNewcomers(record.Clients, record.Spec.Data) : record.Clients;
        IReadOnlyList<ClientId> dropped = [.. members.Where(client => IsDropped(history, key.Stage, client, federation.DropAfter))];
        ClientId[] able = [.. members.Except(dropped)];
        if (federation.Cohort == 0 || federation.Cohort >= able.Length) return (able, dropped);
        RandomStream.Derive(record.Spec.Seed, "cohort", key.Stage.ToName(), key.Round).Shuffle<ClientId>(able);
        return ([.. InOrder(able.Take(federation.Cohort))], dropped);
    }

    private IReadOnlyList<ClientId> WithNewcomers(IReadOnlyList<ClientId> clients, DataSpec data) => [.. InOrder(clients.Union(registry.All()
        .Select(known => known.Client)
        .Where(client => client.Set == data.Set && client.Partition == data.Partition)))];

    private static bool IsDropped(ExperimentHistory history, Stage stage, ClientId client, int after)
    {
        if (after == 0) return false;
        var without = history.Rounds.Select(view => view.Commit.Decision)
            .Where(decision => decision.Key.Stage == stage && decision.Key.Round > 0)
            .Reverse()
            .Select(decision => (Counted: decision.Counted.Any(counted => counted.Client == client), LeftOut: decision.LeftOut.Any(left => left.Client == client)))
            .Where(round => round.Counted || round.LeftOut) // rounds in which it was asked
            .TakeWhile(round => round.LeftOut)
            .Count();
        return without >= after;
    }

    private static IOrderedEnumerable<ClientId> InOrder(IEnumerable<ClientId> clients) => clients.OrderBy(client => client.Name, StringComparer.Ordinal);
}
