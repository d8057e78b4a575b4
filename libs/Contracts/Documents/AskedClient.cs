namespace AspireFed.Contracts.Documents;

/// <summary>A client that was asked in a round.</summary>
/// <param name="Trainer">Who hosts it; empty where no trainer did.</param>
/// <param name="Times">How often it was asked by the leader that made the decision; more than once is a repetition after silence.</param>
public sealed record AskedClient(ClientId Client, string Trainer, int Times);
