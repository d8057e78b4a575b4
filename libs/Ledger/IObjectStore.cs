using AspireFed.Contracts;

namespace AspireFed.Ledger;

/// <summary>
/// The object store as this system uses it: whole objects by name. Every call retries transient faults with back-off for a bounded time
/// and then throws <see cref="ObjectStoreException"/>. A put becomes visible whole or not at all.
/// </summary>
public interface IObjectStore
{
    /// <summary>Writes small content, such as a JSON document.</summary>
    Task<ObjectRef> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel);

    /// <summary>Sends a file; its hash is computed once and returned in the reference.</summary>
    Task<ObjectRef> PutFileAsync(string name, string path, CancellationToken cancel);

    /// <summary>The content of a small object, or null where there is none.</summary>
    Task<byte[]?> GetAsync(string name, CancellationToken cancel);

    /// <summary>Fetches an object into a file and checks size and hash while it streams; the file appears whole or not at all.</summary>
    /// <exception cref="ObjectStoreException">Missing, or not what the reference says.</exception>
    Task GetFileAsync(ObjectRef reference, string path, CancellationToken cancel);

    /// <summary>Names of the objects under a prefix, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel);

    Task DeleteAsync(string name, CancellationToken cancel);
}
