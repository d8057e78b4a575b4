namespace AspireFed.Weights;

/// <summary>One tensor of a file: where its bytes lie, counted from the start of the data.</summary>
public sealed record TensorEntry(string Name, TensorType Type, IReadOnlyList<long> Shape, long Offset, long Length);
