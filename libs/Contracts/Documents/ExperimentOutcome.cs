namespace AspireFed.Contracts.Documents;

/// <summary>How an experiment ended; an experiment without it goes on.</summary>
/// <param name="Reason">Empty where it completed.</param>
public sealed record ExperimentOutcome(ExperimentEnd End, string Reason, DateTimeOffset EndedUtc);
