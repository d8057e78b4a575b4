using System.Collections.Concurrent;
using AspireFed.Contracts;

namespace AspireFed.Imaging.DataSets;

/// <summary>
/// A data set in the folder layout of the reference: `train/`, `test/`, `labels.csv`, `test.csv`, `central/train.csv`,
/// `&lt;n&gt;_clients/&lt;split&gt;/&lt;client&gt;.csv`, and, where present, `classes.csv` and `meta.csv`. Opening reads the small files
/// only; a partition's lists are read, and the files they name are looked for, when they are first asked for.
/// </summary>
public sealed class DataSet
{
    private const string Central = "central";
    private const string ClientsSuffix = "_clients";

    private readonly Dictionary<string, int> _labels;
    private readonly Dictionary<string, string> _sites;
    private readonly Dictionary<string, IReadOnlyList<ClientId>> _partitions;
    private readonly ConcurrentDictionary<ClientId, IReadOnlyList<LabelledImage>> _trainImages = [];
    private readonly ImageFolder _train;
    private readonly Lazy<IReadOnlyList<LabelledImage>> _testImages;

    private DataSet(string folder)
    {
        Folder = Path.GetFullPath(folder);
        Name = Path.GetFileName(Path.TrimEndingDirectorySeparator(Folder));
        var labels = Path.Combine(Folder, "labels.csv");
        if (!File.Exists(labels))
            throw new InputException(
                $"'{Folder}' is not a data set: it has no labels.csv with a line 'file,class number' for every image.");
        _labels = SetFiles.ReadLabels(labels);
        Classes = SetFiles.ReadClasses(Path.Combine(Folder, "classes.csv"), labels, _labels);
        _sites = SetFiles.ReadSites(Path.Combine(Folder, "meta.csv"));
        _partitions = FindPartitions();
        Partitions = [.. _partitions.Keys.Order(StringComparer.Ordinal)];
        _train = new ImageFolder(Path.Combine(Folder, "train"));
        _testImages = new(ReadTestImages);
    }

    /// <exception cref="InputException">The folder is not a data set, or a csv line is wrong; says which file and line.</exception>
    public static DataSet Open(string folder) => SetFiles.Guard(folder, () => new DataSet(folder));

    public string Name { get; }

    /// <summary>The set's own folder.</summary>
    public string Folder { get; }

    /// <summary>Names of the classes, by number.</summary>
    public IReadOnlyList<string> Classes { get; }

    /// <summary>`central` and every `&lt;n&gt;_clients/&lt;split&gt;`, in ordinal order.</summary>
    public IReadOnlyList<string> Partitions { get; }

    /// <summary>The clients of a partition, in ordinal order.</summary>
    /// <exception cref="InputException">The set has no such partition; names those it has.</exception>
    public IReadOnlyList<ClientId> Clients(string partition) => _partitions.TryGetValue(partition, out var clients)
        ? clients
        : throw new InputException(
            $"Data set '{Name}' has no partition '{partition}'; it has {string.Join(", ", Partitions.DefaultIfEmpty("none"))}.");

    /// <summary>A client's training images, without duplicates, in ordinal order of their file names.</summary>
    /// <exception cref="InputException">
    /// No such client; or its list names an image that has no label or is not in `train`: says which file and line.
    /// </exception>
    public IReadOnlyList<LabelledImage> TrainImages(ClientId client)
    {
        var clients = Clients(client.Partition);
        if (client.Set != Name || !clients.Contains(client))
            throw new InputException(
                $"There is no client '{client}'; {Name}/{client.Partition} has {string.Join(", ", clients.Select(c => c.Name))}.");
        return _trainImages.GetOrAdd(client, c => ReadImages(Path.Combine(PartitionFolder(c.Partition), c.Name + ".csv"), _train));
    }

    /// <summary>The test images, in ordinal order of their file names; none where the set has no test.csv.</summary>
    /// <exception cref="InputException">The list names an image that has no label or is not in `test`; says where.</exception>
    public IReadOnlyList<LabelledImage> TestImages => _testImages.Value;

    private string PartitionFolder(string partition) => Path.Combine([Folder, .. partition.Split('/')]);

    private Dictionary<string, IReadOnlyList<ClientId>> FindPartitions()
    {
        var names = Directory.EnumerateDirectories(Folder, "*" + ClientsSuffix)
            .Where(d => int.TryParse(Path.GetFileName(d).AsSpan()[..^ClientsSuffix.Length], out _))
            .SelectMany(Directory.EnumerateDirectories)
            .Select(d => $"{Path.GetFileName(Path.GetDirectoryName(d))}/{Path.GetFileName(d)}");
        if (Directory.Exists(Path.Combine(Folder, Central)))
            names = names.Prepend(Central);

        var partitions = new Dictionary<string, IReadOnlyList<ClientId>>();
        foreach (var partition in names)
        {
            var clients = Directory.EnumerateFiles(PartitionFolder(partition), "*.csv")
                .Select(f => new ClientId(Name, partition, Path.GetFileNameWithoutExtension(f)))
                .OrderBy(c => c.Name, StringComparer.Ordinal)
                .ToArray();
            if (clients.Length > 0)
                partitions.Add(partition, clients);
        }

        return partitions;
    }

    private LabelledImage[] ReadTestImages()
    {
        var list = Path.Combine(Folder, "test.csv");
        return File.Exists(list) ? ReadImages(list, new ImageFolder(Path.Combine(Folder, "test"))) : [];
    }

    private LabelledImage[] ReadImages(string list, ImageFolder folder) => SetFiles.Guard(list, () =>
    {
        var images = new SortedDictionary<string, LabelledImage>(StringComparer.Ordinal);
        foreach (var (file, line) in SetFiles.ReadNames(list))
        {
            if (images.ContainsKey(file))
                continue;
            if (!_labels.TryGetValue(file, out var label))
                throw new InputException(
                    $"{list} line {line}: image '{file}' has no label; add a line '{file},<class number>' to labels.csv.");
            if (folder.Find(file) is not { } path)
                throw new InputException($"{list} line {line}: image '{file}' is not in {folder.Path}; put it there or take the line out.");
            images.Add(file, new LabelledImage(file, path, label, _sites.GetValueOrDefault(file, "")));
        }

        return images.Values.ToArray();
    });
}
