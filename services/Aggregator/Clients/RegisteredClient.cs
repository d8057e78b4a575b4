using AspireFed.Contracts;

namespace AspireFed.Aggregator.Clients;

/// <summary>A client as its trainer announced it.</summary>
/// <param name="Queue">Where its commands go.</param>
public sealed record RegisteredClient(ClientId Client, int Images, string Trainer, string Queue, DateTimeOffset LastSeenUtc);
