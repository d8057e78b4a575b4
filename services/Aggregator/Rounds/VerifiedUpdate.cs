using AspireFed.Contracts.Documents;

namespace AspireFed.Aggregator.Rounds;

/// <summary>An update that may count, and the scratch file that holds its weights.</summary>
public sealed record VerifiedUpdate(UpdateManifest Manifest, string File);
