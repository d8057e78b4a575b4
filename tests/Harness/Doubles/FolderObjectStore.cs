using System.Collections.Concurrent;
using System.Security.Cryptography;
using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>An object store in a folder of its own, which fails when a test wants it to.</summary>
internal sealed class FolderObjectStore : IObjectStore, IDisposable
{
    // Only ends a test that would hang; nothing is measured by it.
    internal static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private readonly string _folder = Directory.CreateTempSubdirectory("aspirefed-store-").FullName;
    private readonly ConcurrentQueue<(string Call, string Name)> _calls = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>
    /// Asked before every call, with the call ("put", "get", "list", "delete") and the object's name; what it returns is thrown.
    /// </summary>
    public Func<string, string, Exception?> Fault { get; set; } = (_, _) => null;

    /// <summary>An object that listings do not show yet.</summary>
    public string? Unlisted { get; set; }

    /// <summary>All calls so far, those that failed among them.</summary>
    public IReadOnlyCollection<(string Call, string Name)> Calls => _calls;

    /// <summary>Names of all objects, in ordinal order.</summary>
    public IReadOnlyList<string> Names =>
    [
        .. Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories)
            .Where(path => !path.EndsWith(".part", StringComparison.Ordinal))
            .Select(path => Path.GetRelativePath(_folder, path).Replace(Path.DirectorySeparatorChar, '/'))
            .Order(StringComparer.Ordinal),
    ];

    /// <summary>Waits until the names of the objects fulfil a condition.</summary>
    public async Task UntilAsync(Predicate<IReadOnlyList<string>> condition)
    {
        while (true)
        {
            var news = _news.Task;
            if (condition(Names)) return;
            await news.WaitAsync(Patience, TestContext.Current.CancellationToken);
        }
    }

    public async Task<ObjectRef> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel)
    {
        Enter("put", name);
        var part = Path.Combine(_folder, $"{Guid.NewGuid():N}.part");
        await File.WriteAllBytesAsync(part, content, cancel);
        return Place(name, part);
    }

    public Task<ObjectRef> PutFileAsync(string name, string path, CancellationToken cancel)
    {
        Enter("put", name);
        var part = Path.Combine(_folder, $"{Guid.NewGuid():N}.part");
        File.Copy(path, part);
        return Task.FromResult(Place(name, part));
    }

    public async Task<byte[]?> GetAsync(string name, CancellationToken cancel)
    {
        Enter("get", name);
        return File.Exists(PathOf(name)) ? await File.ReadAllBytesAsync(PathOf(name), cancel) : null;
    }

    public Task GetFileAsync(ObjectRef reference, string path, CancellationToken cancel)
    {
        Enter("get", reference.Name);
        if (!File.Exists(PathOf(reference.Name)))
            throw new ObjectStoreException($"The object {reference.Name} is missing.");
        if (Reference(reference.Name) != reference)
            throw new ObjectStoreException($"The object {reference.Name} is not what its reference says.");
        File.Copy(PathOf(reference.Name), path, overwrite: true);
        return Task.CompletedTask;
    }

    public async Task<ContentHash?> HashAsync(string name, CancellationToken cancel)
    {
        Enter("get", name);
        return File.Exists(PathOf(name)) ? await ContentHash.OfFileAsync(PathOf(name), cancel) : null;
    }

    public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel)
    {
        Enter("list", prefix);
        return Task.FromResult<IReadOnlyList<string>>([.. Names.Where(name => name.StartsWith(prefix, StringComparison.Ordinal) && name != Unlisted)]);
    }

    public Task DeleteAsync(string name, CancellationToken cancel)
    {
        Enter("delete", name);
        if (File.Exists(PathOf(name))) File.Delete(PathOf(name));
        Tell();
        return Task.CompletedTask;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private void Enter(string call, string name)
    {
        _calls.Enqueue((call, name));
        if (Fault(call, name) is { } fault) throw fault;
    }

    private ObjectRef Place(string name, string part)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(PathOf(name))!);
        File.Move(part, PathOf(name), overwrite: true);
        Tell();
        return Reference(name);
    }

    private void Tell() =>
        Interlocked.Exchange(ref _news, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();

    private ObjectRef Reference(string name)
    {
        var content = File.ReadAllBytes(PathOf(name));
        return new ObjectRef(name, Convert.ToHexStringLower(SHA256.HashData(content)), content.Length);
    }

    private string PathOf(string name) => Path.Combine([_folder, .. name.Split('/')]);
}
