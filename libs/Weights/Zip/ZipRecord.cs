namespace AspireFed.Weights.Zip;

/// <summary>An entry of a zip archive that is stored as it is: where its head begins, and where its bytes lie in the file.</summary>
internal sealed record ZipRecord(string Name, long Head, long Position, long Length);
