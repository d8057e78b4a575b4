using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Randomness;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Chooses who is asked in a round.</summary>
public static class Cohort
{
    /// <summary>
    /// In ordinal order of names: all clients or a sample that depends on the seed, the stage and the round alone. The initial weights
    /// (round 0) are asked of the first client.
    /// </summary>
    public static IReadOnlyList<ClientId> Of(ExperimentRecord experiment, RoundKey key)
    {
        if (key.Round == 0) return [experiment.Clients[0]];
        var asked = experiment.Spec.Federation.Cohort;
        if (asked == 0 || asked >= experiment.Clients.Count) return experiment.Clients;
        ClientId[] clients = [.. experiment.Clients];
        RandomStream.Derive(experiment.Spec.Seed, "cohort", key.Stage.ToName(), key.Round).Shuffle<ClientId>(clients);
        return [.. clients.Take(asked).OrderBy(client => client.Name, StringComparer.Ordinal)];
    }
}
