namespace AspireFed.Contracts.Documents;

/// <summary>Makes a round real: its decision and the global weights that follow from it.</summary>
/// <param name="Loss">Mean training loss of the counted clients, weighted by samples.</param>
/// <param name="Previous">SHA-256 of the experiment's commit before this one; null for the very first, and where it was written before there was a chain.</param>
public sealed record RoundCommit(RoundDecision Decision, ObjectRef Global, double Loss, string? Previous = null);
