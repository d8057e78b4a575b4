namespace AspireFed.Weights.Torch.Containers;

/// <summary>An entry of a zip archive that is stored as it is, and where its bytes lie in the file.</summary>
internal sealed record ZipRecord(string Name, long Position, long Length);
