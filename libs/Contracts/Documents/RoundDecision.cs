namespace AspireFed.Contracts.Documents;

/// <summary>
/// The one decision of a round: the updates that count, in ordinal order of the clients' names, and who is left out and why. The global
/// weights and the commit are pure functions of it.
/// </summary>
/// <param name="Epoch">Of the leader that made it.</param>
public sealed record RoundDecision(RoundKey Key, IReadOnlyList<CountedUpdate> Counted, IReadOnlyList<LeftOut> LeftOut, long Epoch = 0);
