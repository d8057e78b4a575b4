namespace AspireFed.Weights.Torch;

/// <summary>How a container finds the bytes of a storage.</summary>
internal interface IStorageSource
{
    /// <exception cref="WeightsException">There is no such storage.</exception>
    StorageBytes Find(string key, int elementSize);
}
