namespace AspireFed.Weights;

/// <summary>
/// A file of weights that is open for reading, whatever its format. What it claims has been checked; bytes are read on demand.
/// <see cref="CheckpointFile.Open"/> makes one.
/// </summary>
public abstract class Checkpoint : IDisposable
{
    private const int ChunkLength = 1 << 20;

    private readonly Dictionary<string, CheckpointTensor> _byName;

    private protected Checkpoint(
        string path, CheckpointKind kind, IReadOnlyList<CheckpointTensor> tensors, IReadOnlyDictionary<string, string> metadata,
        IReadOnlyList<string> notes)
    {
        (Path, Kind, Tensors, Metadata, Notes) = (path, kind, tensors, metadata, notes);
        _byName = tensors.ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public string Path { get; }

    public CheckpointKind Kind { get; }

    /// <summary>All tensors in the order of the file; names of nested dictionaries are joined by dots, such as model.blocks.0.norm1.weight.</summary>
    public IReadOnlyList<CheckpointTensor> Tensors { get; }

    /// <summary>Texts and numbers beside the tensors, such as epoch.</summary>
    public IReadOnlyDictionary<string, string> Metadata { get; }

    /// <summary>What was left out, one sentence each.</summary>
    public IReadOnlyList<string> Notes { get; }

    /// <summary>The tensor of this name, or null.</summary>
    public CheckpointTensor? Find(string name) => _byName.GetValueOrDefault(name);

    /// <summary>
    /// The tensor's little-endian elements in row-major order, in pieces of at most 1 MiB. A piece holds until the next one is asked for.
    /// </summary>
    /// <exception cref="WeightsException">The file was cut short meanwhile.</exception>
    public abstract IEnumerable<ReadOnlyMemory<byte>> Chunks(CheckpointTensor tensor);

    /// <summary>A whole tensor, as little-endian elements in row-major order.</summary>
    /// <exception cref="WeightsException">It is too large for one array, or the file was cut short meanwhile.</exception>
    public byte[] Read(CheckpointTensor tensor)
    {
        if (tensor.Length > Array.MaxLength)
            throw new WeightsException($"The tensor {tensor.Name} of the weights file {Path} has {tensor.Length} bytes, too many to read at once.");
        var bytes = new byte[tensor.Length];
        var read = 0;
        foreach (var chunk in Chunks(tensor))
        {
            chunk.Span.CopyTo(bytes.AsSpan(read));
            read += chunk.Length;
        }
        return bytes;
    }

    public void Dispose()
    {
        Dispose(true);
        GC.SuppressFinalize(this);
    }

    protected abstract void Dispose(bool disposing);

    private protected static IEnumerable<ReadOnlyMemory<byte>> Chunks(FileBytes file, long position, long length)
    {
        var chunk = new byte[Math.Min(length, ChunkLength)];
        for (long read = 0; read < length;)
        {
            var piece = chunk.AsMemory(0, (int)Math.Min(chunk.Length, length - read));
            file.Read(position + read, piece.Span);
            read += piece.Length;
            yield return piece;
        }
    }
}
