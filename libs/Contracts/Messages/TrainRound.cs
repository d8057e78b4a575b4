namespace AspireFed.Contracts.Messages;

/// <summary>
/// Asks one client for its update of a round. Sent to the queue of the trainer that hosts the client, again and again until there is an
/// update or the round is over, so a trainer must take it twice without harm.
/// </summary>
/// <param name="Key">The round; round 0 asks for the initial weights of the stage instead of training.</param>
/// <param name="Client">The client that is asked, as announced.</param>
/// <param name="Spec">The experiment's record in the ledger.</param>
/// <param name="Start">The global weights to start from; in round 0 the last weights of the stage before, if there is one.</param>
/// <param name="DeadlineUtc">When the round stops waiting.</param>
public sealed record TrainRound(RoundKey Key, ClientId Client, ObjectRef Spec, ObjectRef? Start, DateTimeOffset DeadlineUtc);
