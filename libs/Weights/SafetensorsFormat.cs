namespace AspireFed.Weights;

/// <summary>Constants and sizes of the safetensors format.</summary>
internal static class SafetensorsFormat
{
    public const string MetadataKey = "__metadata__";
    public const int Alignment = 8;

    /// <summary>As in the official implementation: no header is longer.</summary>
    public const long MaxHeaderLength = 100_000_000;

    /// <summary>
    /// The longest header that a file of this length may have. To read it takes some eight times its length, which stays below the file's
    /// own length if the header is an eighth of it; 4 MiB, which is some 40,000 tensors, are always allowed.
    /// </summary>
    public static long HeaderLimit(long fileLength) => Math.Min(MaxHeaderLength, Math.Max(4L << 20, fileLength / 8));

    /// <summary>Bytes of a tensor, or null where a side is negative or the product does not fit.</summary>
    public static long? ByteLength(TensorType type, IReadOnlyList<long> shape)
    {
        Int128 length = type.Size();
        foreach (var side in shape)
        {
            if (side < 0) return null;
            length *= side;
            if (length > long.MaxValue) return null;
        }
        return (long)length;
    }
}
