namespace AspireFed.Weights.Torch;

/// <summary>A storage as a tensor refers to it: bytes, taken as elements of a type, from <paramref name="Start"/> (in elements) on.</summary>
internal sealed record TorchStorage(StorageType Type, StorageBytes Bytes, long Start, long Count);
