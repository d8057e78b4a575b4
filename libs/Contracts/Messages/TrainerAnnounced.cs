namespace AspireFed.Contracts.Messages;

/// <summary>
/// A trainer is alive and hosts these clients. Published at start and every few seconds; the Aggregator forgets a trainer that has been
/// silent for long, but its clients' queue keeps their commands.
/// </summary>
/// <param name="Trainer">The trainer's name, unique in the federation.</param>
/// <param name="Queue">Where its commands go.</param>
public sealed record TrainerAnnounced(string Trainer, string Queue, IReadOnlyList<HostedClient> Clients);
