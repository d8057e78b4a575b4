namespace AspireFed.Contracts.Views;

/// <summary>What an audit found of one round, or at the end of the experiment's own documents.</summary>
/// <param name="Key">Null for what the audit tells last: of the record, the outcome and the results. Without it the audit is not complete.</param>
/// <param name="Commit">SHA-256 of the commit; empty where it is missing.</param>
/// <param name="Counted">Updates that count.</param>
/// <param name="LeftOut">Clients whose update does not.</param>
/// <param name="Weights">SHA-256 that the commit gives for the global model; empty where there is no readable commit.</param>
/// <param name="Kept">Whether the global model is in the store; otherwise the spec's `keep` has dropped it, or it is a fault.</param>
/// <param name="Faults">A sentence for each object that is missing or was altered, with its name; empty where all holds.</param>
public sealed record AuditedRound(
    RoundKey? Key, string Commit, int Counted, int LeftOut, string Weights, bool Kept, IReadOnlyList<string> Faults);
