namespace AspireFed.Contracts.Messages;

/// <summary>A client cannot give an update of this round; its failure lies in the ledger. This only wakes the Aggregator.</summary>
public sealed record TrainingFailed(RoundKey Key, ClientId Client, string Reason);
