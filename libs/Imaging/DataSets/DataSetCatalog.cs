using System.Collections.Concurrent;
using AspireFed.Contracts;

namespace AspireFed.Imaging.DataSets;

/// <summary>
/// The data sets under some root folders: every direct subfolder that has a labels.csv and a name without a dot in front; where two roots
/// have a set of one name, the earlier root's. Sees sets that are added or changed later; a set that has not changed is not read again.
/// Safe for several threads.
/// </summary>
public sealed class DataSetCatalog(IReadOnlyList<string> roots)
{
    private readonly ConcurrentDictionary<string, (long Stamp, DataSet Set)> _opened = new(StringComparer.Ordinal);

    public IReadOnlyList<string> Roots { get; } = roots;

    /// <summary>All sets that can be opened, by name; faults of the others go to <paramref name="onFault"/>.</summary>
    public IReadOnlyList<DataSet> Sets(Action<InputException>? onFault = null)
    {
        var sets = new List<DataSet>();
        foreach (var folder in Folders())
        {
            try
            {
                sets.Add(OpenFolder(folder));
            }
            catch (InputException fault)
            {
                onFault?.Invoke(fault);
            }
        }

        return sets;
    }

    /// <exception cref="InputException">No root has such a set; names the roots and the sets that are there.</exception>
    public DataSet Open(string name)
    {
        var folders = Folders();
        if (folders.FirstOrDefault(f => Path.GetFileName(f) == name) is { } folder)
            return OpenFolder(folder);
        var there = folders.Count == 0 ? "no set" : string.Join(", ", folders.Select(Path.GetFileName));
        var where = Roots.Count == 0 ? "no data folder is given" : $"{string.Join(", ", Roots)} have {there}";
        throw new InputException($"There is no data set '{name}': {where}.");
    }

    private List<string> Folders() => [.. Roots
        .Where(Directory.Exists)
        .SelectMany(root => Directory.EnumerateDirectories(Path.GetFullPath(root)))
        .Where(folder => !Path.GetFileName(folder).StartsWith('.') && File.Exists(Path.Combine(folder, "labels.csv")))
        .DistinctBy(Path.GetFileName)
        .OrderBy(Path.GetFileName, StringComparer.Ordinal)];

    private DataSet OpenFolder(string folder)
    {
        var stamp = SetFiles.Guard(folder, () => Stamp(folder));
        if (_opened.TryGetValue(folder, out var opened) && opened.Stamp == stamp)
            return opened.Set;
        var set = DataSet.Open(folder);
        _opened[folder] = (stamp, set);
        return set;
    }

    /// <summary>A number that changes when any csv file, or what the folders list, changes.</summary>
    private static long Stamp(string folder)
    {
        var hash = new HashCode();
        foreach (var entry in Entries(new DirectoryInfo(folder), SearchOption.TopDirectoryOnly))
        {
            Add(entry);
            if (entry is DirectoryInfo below && below.Name is not ("train" or "test"))
            {
                foreach (var list in Entries(below, SearchOption.AllDirectories))
                    Add(list);
            }
        }

        return hash.ToHashCode();

        static IEnumerable<FileSystemInfo> Entries(DirectoryInfo directory, SearchOption depth) =>
            directory.EnumerateFileSystemInfos("*", depth).OrderBy(e => e.FullName, StringComparer.Ordinal);

        void Add(FileSystemInfo entry)
        {
            hash.Add(entry.FullName);
            hash.Add(entry.LastWriteTimeUtc.Ticks);
            hash.Add(entry is FileInfo file ? file.Length : 0);
        }
    }
}
