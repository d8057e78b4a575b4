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

    /// <summary>Sends a file under a name that holds its hash: <paramref name="nameOf"/> makes the name from the SHA-256.</summary>
    async Task<ObjectRef> PutFileAsync(Func<string, string> nameOf, string path, CancellationToken cancel) =>
        await PutFileAsync(nameOf((await ContentHash.OfFileAsync(path, cancel)).Sha256), path, cancel);

    /// <summary>The content of a small object, or null where there is none.</summary>
    Task<byte[]?> GetAsync(string name, CancellationToken cancel);

    /// <summary>Fetches an object into a file and checks size and hash while it streams; the file appears whole or not at all.</summary>
    /// <exception cref="ObjectStoreException">Missing, or not what the reference says.</exception>
    Task GetFileAsync(ObjectRef reference, string path, CancellationToken cancel);

    /// <summary>Size and hash of an object as it lies in the store now, computed while it streams by; null where there is none.</summary>
    Task<ContentHash?> HashAsync(string name, CancellationToken cancel);

    /// <summary>Names of the objects under a prefix, in ordinal order.</summary>
    Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel);

    /// <summary>
    /// What lies directly under a prefix that ends in `/`, as prefixes that end in `/`, in ordinal order; objects are left out.
    /// </summary>
    async Task<IReadOnlyList<string>> ListFoldersAsync(string prefix, CancellationToken cancel) =>
        [.. (await ListAsync(prefix, cancel))
            .Select(name => name.IndexOf('/', prefix.Length) is > 0 and var end ? name[..(end + 1)] : null)
            .OfType<string>()
            .Distinct()];

    Task DeleteAsync(string name, CancellationToken cancel);
}
