namespace AspireFed.Contracts.Documents;

/// <summary>An update that counts, with the samples that weigh it.</summary>
public sealed record CountedUpdate(ClientId Client, ObjectRef Weights, long Samples, double Loss);
