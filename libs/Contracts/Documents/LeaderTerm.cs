namespace AspireFed.Contracts.Documents;

/// <summary>An Aggregator has begun to lead. The highest epoch in the ledger is where epochs go on after a loss of Redis.</summary>
public sealed record LeaderTerm(long Epoch, string Holder, DateTimeOffset BeganUtc);
