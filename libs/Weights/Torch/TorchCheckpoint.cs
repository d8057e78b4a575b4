using AspireFed.Weights.Torch.Containers;
using AspireFed.Weights.Zip;

namespace AspireFed.Weights.Torch;

/// <summary>A file of PyTorch, in any of its containers.</summary>
internal sealed class TorchCheckpoint : Checkpoint
{
    /// <summary>
    /// Views can share a storage, and can repeat an element without end (stride 0), so that a small file can stand for endless tensors.
    /// </summary>
    private const int MaxRepeats = 16;

    private const long AlwaysAllowed = 16L << 20;

    private readonly FileBytes _file;
    private readonly Dictionary<string, TorchTensor> _views;

    private TorchCheckpoint(FileBytes file, CheckpointKind kind, TensorTree tree)
        : base(file.Path, kind, [.. tree.Tensors.Select(named => Describe(file, named.Name, named.Tensor))], tree.Metadata, tree.Notes)
    {
        _file = file;
        _views = tree.Tensors.ToDictionary(named => named.Name, named => named.Tensor, StringComparer.Ordinal);
        Int128 total = 0;
        foreach (var tensor in Tensors) total += tensor.Length;
        if (total > ((Int128)file.Length * MaxRepeats) + AlwaysAllowed)
            throw file.Damaged($"its tensors claim {total} bytes, which is far more than the {file.Length} that it has");
    }

    public static TorchCheckpoint OpenZip(FileBytes file, MemoryBudget budget, Dictionary<string, ZipRecord> records) =>
        Open(file, budget, ZipContainer.Read(file, budget, records), CheckpointKind.TorchZip);

    public static TorchCheckpoint OpenPickle(FileBytes file)
    {
        var budget = new MemoryBudget(file);
        var (root, kind) = LegacyContainer.Read(file, 0, file.Length, budget, mayEmbed: true);
        return Open(file, budget, root, kind);
    }

    private static TorchCheckpoint Open(FileBytes file, MemoryBudget budget, object? root, CheckpointKind kind)
    {
        var tree = new TensorTree(file, budget);
        tree.Walk(root);
        return new TorchCheckpoint(file, kind, tree);
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Chunks(CheckpointTensor tensor)
    {
        var view = _views[tensor.Name];
        return view.IsContiguous || view.IsEmpty ? Chunks(_file, view.FirstByte, tensor.Length) : StridedTensor.Chunks(_file, tensor, view);
    }

    private static CheckpointTensor Describe(FileBytes file, string name, TorchTensor view) =>
        SafetensorsFormat.ByteLength(view.Type.Type!.Value, view.Shape) is { } length
            ? new CheckpointTensor(name, view.Type.Type.Value, view.Shape, length)
            : throw file.Damaged($"its tensor {Shown.Text(name)} would be larger than any memory");

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
    }
}
