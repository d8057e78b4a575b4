namespace AspireFed.Contracts.Documents;

/// <summary>Why a client gave no update in a round, in one sentence for people.</summary>
public sealed record ClientFailure(RoundKey Key, ClientId Client, string Trainer, string Reason);
