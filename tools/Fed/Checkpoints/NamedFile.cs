namespace AspireFed.Fed.Checkpoints;

/// <summary>A file of weights that a spec names.</summary>
/// <param name="Key">Where in the spec.</param>
public sealed record NamedFile(string Key, string Path, string Sha256);
