namespace AspireFed.Weights.Torch;

/// <summary>Where the bytes of a storage lie in the file. In the legacy container that is known only after the pickle has been read.</summary>
internal sealed class StorageBytes(int elementSize)
{
    private const long Unknown = -1;

    /// <summary>Bytes of the elements in which the file counts this storage.</summary>
    public int ElementSize { get; } = elementSize;

    public long Position { get; private set; } = Unknown;

    public long Length { get; private set; }

    public bool IsPlaced => Position != Unknown;

    public void Place(long position, long length) => (Position, Length) = (position, length);
}
