namespace AspireFed.Weights;

/// <summary>One tensor of a file: where its bytes lie, counted from the start of the data.</summary>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long Length)
{
    /// <summary>Number of elements; 1 for a scalar.</summary>
    public long Count => Length / Type.Size();

    /// <summary>Whether the other tensor has the same name, type and shape, wherever its bytes lie.</summary>
    public bool Fits(TensorEntry other) => Name == other.Name && Type == other.Type && Shape.SequenceEqual(other.Shape);

    /// <summary>Type and shape, such as F32 [768, 3, 16, 16].</summary>
    public string Describe() => $"{Type} [{string.Join(", ", Shape)}]";
}
