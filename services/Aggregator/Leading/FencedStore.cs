using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Leading;

/// <summary>
/// The object store for the leader alone: every write and deletion demands the lease first, so that an Aggregator that was paused and woken again
/// changes nothing.
/// </summary>
public sealed class FencedStore(IObjectStore store, Leadership leadership) : IObjectStore
{
    public Task<ObjectRef> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel) =>
        LeadingAsync(stop => store.PutAsync(name, content, stop), cancel);

    public Task<ObjectRef> PutFileAsync(string name, string path, CancellationToken cancel) =>
        LeadingAsync(stop => store.PutFileAsync(name, path, stop), cancel);

    public Task<ObjectRef> PutFileAsync(Func<string, string> nameOf, string path, CancellationToken cancel) =>
        LeadingAsync(stop => store.PutFileAsync(nameOf, path, stop), cancel);

    public Task DeleteAsync(string name, CancellationToken cancel) =>
        LeadingAsync(async stop =>
        {
            await store.DeleteAsync(name, stop);
            return true;
        }, cancel);

    public Task<byte[]?> GetAsync(string name, CancellationToken cancel) => store.GetAsync(name, cancel);

    public Task GetFileAsync(ObjectRef reference, string path, CancellationToken cancel) => store.GetFileAsync(reference, path, cancel);

    public Task<ContentHash?> HashAsync(string name, CancellationToken cancel) => store.HashAsync(name, cancel);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) => store.ListAsync(prefix, cancel);

    public Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancel) => store.ListFoldersAsync(prefix, cancel);

    // The token ends the store's own retries with the term.
    private async Task<T> LeadingAsync<T>(Func<CancellationToken, Task<T>> write, CancellationToken cancel)
    {
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, leadership.Current.Over);
        return await write(both.Token);
    }
}
