namespace AspireFed.Weights;

/// <summary>A safetensors file, seen as a checkpoint.</summary>
internal sealed class SafetensorsCheckpoint : Checkpoint
{
    private const int ChunkLength = 1 << 20;

    private readonly SafetensorsFile _file;

    public SafetensorsCheckpoint(SafetensorsFile file)
        : base(
            file.Path, CheckpointKind.Safetensors,
            [.. file.Header.Tensors.Select(entry => new CheckpointTensor(entry.Name, entry.Type, entry.Shape, entry.Length))],
            file.Header.Metadata, [])
    {
        _file = file;
    }

    public override IEnumerable<ReadOnlyMemory<byte>> Chunks(CheckpointTensor tensor)
    {
        var entry = _file.Header.Find(tensor.Name)!;
        var chunk = new byte[Math.Min(tensor.Length, ChunkLength)];
        for (long read = 0; read < tensor.Length;)
        {
            var piece = chunk.AsMemory(0, (int)Math.Min(chunk.Length, tensor.Length - read));
            _file.Read(entry, read, piece.Span);
            read += piece.Length;
            yield return piece;
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) _file.Dispose();
    }
}
