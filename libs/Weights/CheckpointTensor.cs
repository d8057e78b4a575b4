namespace AspireFed.Weights;

/// <summary>One tensor of a checkpoint, and how many bytes its elements take.</summary>
public sealed record CheckpointTensor(string Name, TensorType Type, IReadOnlyList<long> Shape, long Length);
