namespace AspireFed.Contracts.Documents;

/// <summary>Weights that a person has sent into the store, to begin an experiment with.</summary>
/// <param name="File">Name of the file that they came from, for people.</param>
public sealed record CheckpointRecord(string File, ObjectRef Weights, DateTimeOffset SentUtc);
