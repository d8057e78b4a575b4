namespace AspireFed.Contracts.Documents;

/// <summary>A client of the cohort whose update does not count, and why.</summary>
public sealed record LeftOut(ClientId Client, string Reason);
