using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Reads global models from the ledger for those who have no access to the object store.</summary>
public sealed class GlobalModels(IObjectStore store, ScratchFolder scratch)
{
    /// <summary>The model's bytes, checked against its hash before the first of them is given out.</summary>
    /// <exception cref="ObjectStoreException">The store does not have what the reference says.</exception>
    public async Task<Stream> OpenAsync(ObjectRef model, CancellationToken cancel)
    {
        var path = scratch.PrivatePath();
        await store.GetFileAsync(model, path, cancel);
        return new FileStream(path, new FileStreamOptions
        {
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
    }
}
