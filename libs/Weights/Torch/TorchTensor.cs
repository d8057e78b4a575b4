namespace AspireFed.Weights.Torch;

/// <summary>A view of a storage: offset and strides are counted in elements.</summary>
internal sealed record TorchTensor(TorchStorage Storage, StorageType Type, long Offset, long[] Shape, long[] Strides)
{
    /// <summary>Of PyTorch itself.</summary>
    public const int MaxRank = 64;

    public bool IsEmpty => Array.IndexOf(Shape, 0) >= 0;

    /// <summary>Whether the elements follow each other in the storage in row-major order.</summary>
    public bool IsContiguous
    {
        get
        {
            Int128 due = 1;
            for (var i = Shape.Length - 1; i >= 0; i--)
            {
                if (Shape[i] != 1 && Strides[i] != due) return false;
                due *= Shape[i];
            }
            return true;
        }
    }

    /// <summary>Place in the file of the first element.</summary>
    public long FirstByte => Storage.Bytes.Position + (Storage.Start * Storage.Type.Size) + (Offset * Type.Size);

    /// <summary>Number of elements from the first to the last one that the view touches; <see cref="Fault"/> says that it fits a long.</summary>
    public long Span => IsEmpty ? 0 : (long)WideSpan();

    /// <summary>Why this is no view of its storage, or null.</summary>
    public string? Fault()
    {
        if (Shape.Length != Strides.Length || Shape.Length > MaxRank) return "has a shape and strides that do not fit each other";
        if (Offset < 0 || Array.Exists(Shape, side => side < 0) || Array.Exists(Strides, stride => stride < 0))
            return "has a negative offset, size or stride";
        if (!Storage.Bytes.IsPlaced) return "has no data in the file";
        if (((Int128)Storage.Start + Storage.Count) * Storage.Type.Size > Storage.Bytes.Length || Storage.Start < 0 || Storage.Count < 0)
            return "belongs to a storage that is larger than its data in the file";
        var last = IsEmpty ? 0 : (Offset + WideSpan()) * Type.Size;
        return last > (Int128)Storage.Count * Storage.Type.Size ? "reaches beyond its storage" : null;
    }

    private Int128 WideSpan()
    {
        // A side times a stride can be 2^126, so the sum ends as soon as it is too large for any file.
        Int128 span = 1;
        for (var i = 0; i < Shape.Length && span <= long.MaxValue; i++) span += (Int128)(Shape[i] - 1) * Strides[i];
        return Int128.Min(span, (Int128)long.MaxValue + 1);
    }
}
