namespace AspireFed.Contracts.Messages;

/// <summary>A global model's metrics lie in the ledger, or <paramref name="Failure"/> says why they cannot be had.</summary>
/// <param name="Last">Whether the experiment's results lie there too.</param>
public sealed record ModelEvaluated(RoundKey Key, double Top1, double BalancedAccuracy, bool Last, string? Failure);
