using AspireFed.Contracts;

namespace AspireFed.ClientTrainer.State;

/// <summary>
/// A client's optimiser state after each of its last two rounds in a stage. Two, so that a round that is done again after a crash starts
/// from the same state as the first time.
/// </summary>
internal sealed class OptimizerStates(StateFolder folder)
{
    private const int Kept = 2;

    /// <summary>The state after the client's last round before this one, or null where it has none.</summary>
    public string? Before(RoundKey key, string client)
    {
        var own = folder.OptimizerState(key, client);
        return Files(key, client).LastOrDefault(file => string.CompareOrdinal(file, own) < 0);
    }

    /// <summary>Takes the state after a round in.</summary>
    public void Keep(RoundKey key, string client, string finished)
    {
        DurableFile.Place(finished, folder.OptimizerState(key, client));
        foreach (var old in Files(key, client).SkipLast(Kept))
            File.Delete(old);
    }

    // Rounds are written with leading zeros, so ordinal order is theirs.
    private IOrderedEnumerable<string> Files(RoundKey key, string client) =>
        Directory.EnumerateFiles(folder.Client(key, client), "*.optimizer").Order(StringComparer.Ordinal);
}
