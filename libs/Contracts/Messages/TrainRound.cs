using AspireFed.Contracts.Specs;

namespace AspireFed.Contracts.Messages;

/// <summary>
/// Asks one client for its update of a round. Sent to the queue of the trainer that hosts the client, again and again until there is an
/// update or the round is over, so a trainer must take it twice without harm.
/// </summary>
/// <param name="Key">The round; round 0 asks for the initial weights of the stage instead of training.</param>
/// <param name="Client">The client that is asked, as announced.</param>
/// <param name="Spec">The experiment's record in the ledger.</param>
/// <param name="Start">The global weights to start from; in round 0 those of the model before, if there is one.</param>
/// <param name="Left">How long the round still waits: a span and no moment, since the site's clock may be wrong.</param>
/// <param name="Tokenizer">Weights of the tokenizer behind BEiT's targets, where it has any.</param>
public sealed record TrainRound(RoundKey Key, ClientId Client, ObjectRef Spec, ObjectRef? Start, TimeSpan Left, ObjectRef? Tokenizer = null)
{
    /// <summary>Whether work for the round before is still of use.</summary>
    public LatePolicy Late { get; init; }
}
