namespace AspireFed.Contracts.Documents;

/// <summary>
/// The one decision of a round: the updates that count, in ordinal order of the clients' names, and who is left out and why. The global
/// weights and the commit are pure functions of it.
/// </summary>
/// <param name="Epoch">Of the leader that made it.</param>
public sealed record RoundDecision(RoundKey Key, IReadOnlyList<CountedUpdate> Counted, IReadOnlyList<LeftOut> LeftOut, long Epoch = 0)
{
    /// <summary>Whether this update was there when the decision was made.</summary>
    public bool Knows(ClientId client, string sha256) =>
        Counted.Any(counted => counted.Client == client && counted.Weights.Sha256 == sha256)
        || Refused.Any(refused => refused.Client == client && refused.Sha256 == sha256);

    /// <summary>In the order in which they were refused.</summary>
    public IReadOnlyList<RefusedUpdate> Refused { get; init; } = [];

    /// <summary>In ordinal order of the clients' names.</summary>
    public IReadOnlyList<AskedClient> Asked { get; init; } = [];
}
