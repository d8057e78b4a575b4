using System.Globalization;
using System.Numerics;
using AspireFed.Weights.Torch.Pickles;

namespace AspireFed.Weights.Torch.Containers;

/// <summary>
/// The container of PyTorch before 1.6, one pickle after another: magic number, protocol version, the machine that wrote it, the object,
/// the keys of its storages; then for each key the number of elements (8 bytes) and the elements. A plain pickle has the object only.
/// </summary>
internal sealed class LegacyContainer(FileBytes file) : IStorageSource
{
    private const long ProtocolVersion = 1001;

    private static readonly BigInteger Magic = BigInteger.Parse("1950a86a20f9469cfc6c", NumberStyles.HexNumber, CultureInfo.InvariantCulture);

    private readonly Dictionary<string, StorageBytes> _storages = new(StringComparer.Ordinal);

    /// <summary>Reads what lies between two places of a file.</summary>
    public static (object? Root, CheckpointKind Kind) Read(FileBytes file, long start, long end, MemoryBudget budget, bool mayEmbed)
    {
        var container = new LegacyContainer(file);
        var input = new ByteReader(file, start, end);
        var types = new TorchTypes(file, budget, container, mayEmbed);
        var first = Next();
        if (first is not BigInteger number || number != Magic)
        {
            if (container._storages.Count > 0) throw file.Damaged("it is a plain pickle that refers to storages outside of it");
            return (first, CheckpointKind.Pickle);
        }
        if (Next() is not ProtocolVersion) throw file.Refused("it has another version than 1001, the only one that PyTorch ever wrote");
        if (Next() is PickleDict machine && machine.Find("little_endian") is false)
            throw file.Refused("it was written on a big-endian machine; load it in PyTorch and save it on a common one");
        var root = Next();
        if (Next() is not PickleList keys) throw file.Damaged("the list of its storages is missing");
        container.Place(keys, input);
        return (root, CheckpointKind.TorchLegacy);

        object? Next() => new PickleMachine(file, input, budget, types).Run();
    }

    public StorageBytes Find(string key, int elementSize)
    {
        if (!_storages.TryGetValue(key, out var storage)) _storages.Add(key, storage = new StorageBytes(elementSize));
        return storage.ElementSize == elementSize
            ? storage
            : throw file.Damaged($"its storage {Shown.Text(key)} is of two types");
    }

    private void Place(PickleList keys, ByteReader input)
    {
        foreach (var item in keys.Items)
        {
            if (item is not string key || !_storages.TryGetValue(key, out var storage) || storage.IsPlaced)
                throw file.Damaged("the list of its storages names one twice, or one that nothing uses");
            var count = input.ReadUInt64();
            if (count > (ulong)input.Left / (ulong)storage.ElementSize)
                throw file.Damaged($"its storage {Shown.Text(key)} claims {count} elements of {storage.ElementSize} bytes, and {input.Left} bytes are left");
            var length = count * (ulong)storage.ElementSize;
            storage.Place(input.Position, (long)length);
            input.Skip(length);
        }
    }
}
