using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Brings weights from the store to the scratch folder, once.</summary>
public sealed class WeightFiles(IObjectStore store, ScratchFolder scratch)
{
    /// <summary>Path of a local file with these weights.</summary>
    public async Task<string> FetchAsync(ObjectRef weights, CancellationToken cancel)
    {
        var path = scratch.PathOf(weights.Sha256);
        if (!File.Exists(path)) await store.GetFileAsync(weights, path, cancel);
        return path;
    }
}
