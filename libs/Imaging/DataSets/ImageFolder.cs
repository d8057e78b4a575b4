namespace AspireFed.Imaging.DataSets;

/// <summary>The image files of a folder. It is listed once, which is far cheaper than asking for thousands of files one by one.</summary>
internal sealed class ImageFolder(string path)
{
    private readonly Lazy<HashSet<string>> _names = new(() => Directory.Exists(path)
        ? Directory.EnumerateFiles(path).Select(f => System.IO.Path.GetFileName(f)).ToHashSet(StringComparer.Ordinal)
        : []);

    public string Path { get; } = path;

    /// <summary>Where a file of this name is, if it is here; never a file outside the folder.</summary>
    public string? Find(string name) => _names.Value.Contains(name) || IsBelow(name) ? System.IO.Path.Combine(Path, name) : null;

    private bool IsBelow(string name) =>
        name.Contains('/') && !System.IO.Path.IsPathRooted(name) && !name.Split('/').Contains("..")
        && File.Exists(System.IO.Path.Combine(Path, name));
}
