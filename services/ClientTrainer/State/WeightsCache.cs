using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.ClientTrainer.State;

/// <summary>
/// Global weights on this trainer's disk, by their hash: fetched once a round and shared by all clients of the process. Used by one round
/// at a time.
/// </summary>
internal sealed class WeightsCache(StateFolder folder, IObjectStore store, TimeProvider time)
{
    private const int Kept = 3;

    /// <summary>Path of the weights, and the bytes that had to be moved for them.</summary>
    public async Task<(string Path, long Fetched)> GetAsync(ObjectRef weights, CancellationToken cancel)
    {
        if (weights.Sha256.Length != 64 || !weights.Sha256.All(char.IsAsciiHexDigitLower))
            throw new InputException($"The reference to {weights.Name} carries '{weights.Sha256}', which is no SHA-256.");
        var path = Path.Combine(folder.Weights, $"{weights.Sha256}.safetensors");
        var known = File.Exists(path) && new FileInfo(path).Length == weights.Size;
        if (!known) await store.GetFileAsync(weights, path, cancel);
        File.SetLastWriteTimeUtc(path, time.GetUtcNow().UtcDateTime);
        RemoveLongUnused();
        return (path, known ? 0 : weights.Size);
    }

    private void RemoveLongUnused()
    {
        foreach (var old in new DirectoryInfo(folder.Weights).EnumerateFiles().OrderByDescending(file => file.LastWriteTimeUtc).Skip(Kept))
            old.Delete();
    }
}
