namespace AspireFed.Aggregator.Rounds;

/// <summary>
/// Where weights lie on the Aggregator's own disk while a round needs them; named by their hash. Nothing in it is needed for good: what is
/// missing is fetched again.
/// </summary>
public sealed class ScratchFolder : IDisposable
{
    private readonly bool _own;

    /// <param name="folder">Made and emptied at start; empty takes a new folder under the system's temporary one.</param>
    public ScratchFolder(string folder)
    {
        _own = string.IsNullOrWhiteSpace(folder);
        Root = _own ? Directory.CreateTempSubdirectory("aspirefed-aggregator-").FullName : Directory.CreateDirectory(folder).FullName;
        Keep();
        foreach (var file in Directory.EnumerateFiles(Root, "*.private*")) File.Delete(file);
    }

    public string Root { get; }

    public string PathOf(string sha256) => Path.Combine(Root, $"{sha256}.safetensors");

    /// <summary>A new path for a file whose hash is not known yet.</summary>
    public string NewPath() => PathOf($"new-{Guid.NewGuid():N}");

    /// <summary>A new path that <see cref="Keep"/> leaves alone; whoever takes it deletes the file.</summary>
    public string PrivatePath() => Path.Combine(Root, $"{Guid.NewGuid():N}.private");

    /// <summary>Deletes all weights but these.</summary>
    public void Keep(params IReadOnlyList<string> sha256)
    {
        var kept = sha256.Select(PathOf).ToHashSet(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(Root, "*.safetensors*").Where(file => !kept.Contains(file))) File.Delete(file);
    }

    public void Dispose()
    {
        if (_own && Directory.Exists(Root)) Directory.Delete(Root, recursive: true);
    }
}
