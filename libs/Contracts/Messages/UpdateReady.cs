namespace AspireFed.Contracts.Messages;

/// <summary>A client's update lies in the store. The manifest is the truth; this only wakes the Aggregator.</summary>
public sealed record UpdateReady(RoundKey Key, ClientId Client, ObjectRef Manifest);
