namespace AspireFed.Contracts.Documents;

/// <summary>Who is asked in a round, from which weights, until when.</summary>
public sealed record RoundOpening(RoundKey Key, IReadOnlyList<ClientId> Cohort, ObjectRef? Start, DateTimeOffset OpenedUtc, DateTimeOffset DeadlineUtc);
