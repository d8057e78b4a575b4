namespace AspireFed.Contracts.Documents;

/// <summary>Who is asked in a round, from which weights, until when.</summary>
public sealed record RoundOpening(RoundKey Key, IReadOnlyList<ClientId> Cohort, ObjectRef? Start, DateTimeOffset OpenedUtc, DateTimeOffset DeadlineUtc)
{
    /// <summary>Clients that are no longer asked, since they gave no update for as many rounds as the spec allows.</summary>
    public IReadOnlyList<ClientId> Dropped { get; init; } = [];
}
