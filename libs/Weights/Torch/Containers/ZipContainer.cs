using System.Text;
using AspireFed.Weights.Torch.Pickles;
using AspireFed.Weights.Zip;

namespace AspireFed.Weights.Torch.Containers;

/// <summary>The container of PyTorch since 1.6: a zip archive with one folder, in it the object as data.pkl and each storage as data/key.</summary>
internal sealed class ZipContainer : IStorageSource
{
    private const string PickleName = "/data.pkl";

    private readonly FileBytes _file;
    private readonly Dictionary<string, ZipRecord> _records;
    private readonly Dictionary<string, StorageBytes> _storages = new(StringComparer.Ordinal);
    private readonly string _folder;

    private ZipContainer(FileBytes file, Dictionary<string, ZipRecord> records)
    {
        (_file, _records) = (file, records);
        string[] pickles = [.. records.Keys.Where(name => name.IndexOf('/') is > 0 and var at && name[at..] == PickleName)];
        _folder = pickles is [var pickle]
            ? pickle[..^PickleName.Length]
            : throw file.Refused($"it is a zip archive, but none of PyTorch: it has {pickles.Length} records data.pkl where one is due");
    }

    public static object? Read(FileBytes file, MemoryBudget budget, Dictionary<string, ZipRecord> records)
    {
        var container = new ZipContainer(file, records);
        container.CheckByteOrder();
        var pickle = container._records[container._folder + PickleName];
        var input = new ByteReader(file, pickle.Position, pickle.Position + pickle.Length);
        return new PickleMachine(file, input, budget, new TorchTypes(file, budget, container, mayEmbed: false)).Run();
    }

    public StorageBytes Find(string key, int elementSize)
    {
        if (_storages.TryGetValue(key, out var known)) return known;
        if (!_records.TryGetValue($"{_folder}/data/{key}", out var record))
            throw _file.Damaged($"it lacks the record of its storage {Shown.Text(key)}");
        var storage = new StorageBytes(elementSize);
        storage.Place(record.Position, record.Length);
        _storages.Add(key, storage);
        return storage;
    }

    private void CheckByteOrder()
    {
        // Written since PyTorch 2.1; earlier files are those of little-endian machines, but for the rarest.
        if (!_records.TryGetValue($"{_folder}/byteorder", out var record) || record.Length > 16) return;
        var text = new byte[record.Length];
        _file.Read(record.Position, text);
        if (Encoding.ASCII.GetString(text).Trim().Equals("big", StringComparison.OrdinalIgnoreCase))
            throw _file.Refused("it was written on a big-endian machine; load it in PyTorch and save it on a common one");
    }
}
