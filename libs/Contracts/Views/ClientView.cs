namespace AspireFed.Contracts.Views;

/// <summary>A client that some trainer hosts.</summary>
public sealed record ClientView(ClientId Client, int Images, string Trainer, DateTimeOffset LastSeenUtc);
