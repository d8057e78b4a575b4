namespace AspireFed.Contracts.Messages;

/// <summary>A client and how many training images it holds.</summary>
public sealed record HostedClient(ClientId Id, int Images);
