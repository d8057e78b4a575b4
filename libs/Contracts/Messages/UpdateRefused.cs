namespace AspireFed.Contracts.Messages;

/// <summary>Tells a client that its update does not count, and why.</summary>
public sealed record UpdateRefused(RoundKey Key, ClientId Client, string Sha256, string Reason);
