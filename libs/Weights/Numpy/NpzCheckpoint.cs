using AspireFed.Weights.Zip;

namespace AspireFed.Weights.Numpy;

/// <summary>
/// An archive of NumPy arrays (numpy.savez), each a tensor under its name there, such as Transformer/encoder_norm/scale of the vision
/// transformers that were published with JAX.
/// </summary>
internal sealed class NpzCheckpoint : Checkpoint
{
    public const string Extension = ".npy";

    private readonly FileBytes _file;
    private readonly Dictionary<string, long> _starts;

    private NpzCheckpoint(FileBytes file, List<(CheckpointTensor Tensor, long Start)> arrays, IReadOnlyList<string> notes)
        : base(file.Path, CheckpointKind.Npz, [.. arrays.Select(array => array.Tensor)], new Dictionary<string, string>(), notes)
    {
        _file = file;
        _starts = arrays.ToDictionary(array => array.Tensor.Name, array => array.Start, StringComparer.Ordinal);
    }

    public static NpzCheckpoint Open(FileBytes file, MemoryBudget budget, Dictionary<string, ZipRecord> records)
    {
        List<(CheckpointTensor, long)> arrays = [];
        List<string> notes = [];
        foreach (var record in records.Values.OrderBy(record => record.Head))
        {
            if (!record.Name.EndsWith(Extension, StringComparison.Ordinal))
            {
                notes.Add($"the record {Shown.Text(record.Name)} is no array");
                continue;
            }
            var name = record.Name[..^Extension.Length];
            var header = NpyHeader.Read(file, new ByteReader(file, record.Position, record.Position + record.Length), Shown.Text(name));
            budget.Charge(MemoryBudget.Object + MemoryBudget.Text(name.Length) + ((long)MemoryBudget.Number * header.Shape.Count));
            var due = SafetensorsFormat.ByteLength(header.Type, header.Shape);
            var length = record.Position + record.Length - header.DataStart;
            if (due != length) throw file.Damaged($"its array {Shown.Text(name)} has {length} bytes and not those that its shape demands");
            arrays.Add((new CheckpointTensor(name, header.Type, header.Shape, length), header.DataStart));
        }
        return new NpzCheckpoint(file, arrays, notes);
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Chunks(CheckpointTensor tensor) => Chunks(_file, _starts[tensor.Name], tensor.Length);

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
    }
}
