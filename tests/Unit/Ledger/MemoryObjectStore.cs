using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Tests.Unit.Ledger;

/// <summary>An object store of a dictionary.</summary>
internal sealed class MemoryObjectStore : IObjectStore
{
    private readonly SortedDictionary<string, byte[]> _objects = new(StringComparer.Ordinal);

    /// <summary>An object that listings do not show yet.</summary>
    public string? Unlisted { get; set; }

    public Task<ObjectRef> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        _objects[name] = content.ToArray();
        var hash = ContentHash.Of(content.Span);
        return Task.FromResult(new ObjectRef(name, hash.Sha256, hash.Size));
    }

    public async Task<ObjectRef> PutFileAsync(string name, string path, CancellationToken cancel) =>
        await PutAsync(name, await File.ReadAllBytesAsync(path, cancel), cancel);

    public Task<byte[]?> GetAsync(string name, CancellationToken cancel) => Task.FromResult(_objects.GetValueOrDefault(name));

    public async Task GetFileAsync(ObjectRef reference, string path, CancellationToken cancel) =>
        await File.WriteAllBytesAsync(path, _objects[reference.Name], cancel);

    public Task<ContentHash?> HashAsync(string name, CancellationToken cancel) =>
        Task.FromResult(_objects.TryGetValue(name, out var content) ? ContentHash.Of(content) : null);

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) =>
        Task.FromResult<IReadOnlyList<string>>([.. _objects.Keys.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name != Unlisted)]);

    public Task DeleteAsync(string name, CancellationToken cancel)
    {
        _objects.Remove(name);
        return Task.CompletedTask;
    }
}
