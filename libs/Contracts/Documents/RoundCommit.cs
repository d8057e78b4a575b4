namespace AspireFed.Contracts.Documents;

/// <summary>Makes a round real: its decision and the global weights that follow from it.</summary>
/// <param name="Loss">Mean training loss of the counted clients, weighted by samples.</param>
public sealed record RoundCommit(RoundDecision Decision, ObjectRef Global, double Loss);
