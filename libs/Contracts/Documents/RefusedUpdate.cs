namespace AspireFed.Contracts.Documents;

/// <summary>An update that was looked at and refused, and why.</summary>
public sealed record RefusedUpdate(ClientId Client, string Sha256, string Reason);
