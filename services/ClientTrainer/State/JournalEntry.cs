using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;

namespace AspireFed.ClientTrainer.State;

/// <summary>One command and what has become of it.</summary>
/// <param name="Order">Commands are worked on in this order, that of their arrival.</param>
/// <param name="TraceParent">The trace that the command came in, as W3C writes it.</param>
public sealed record JournalEntry(long Order, TrainRound Command, string? TraceParent, DateTimeOffset AcceptedUtc, JournalState State)
{
    /// <summary>From <see cref="JournalState.Trained"/> on.</summary>
    public LocalWork? Work { get; init; }

    /// <summary>From <see cref="JournalState.Uploaded"/> on.</summary>
    public ObjectRef? Manifest { get; init; }

    /// <summary>From <see cref="JournalState.Failed"/> on: one sentence.</summary>
    public string? Failure { get; init; }

    /// <summary>Whether the round waits no longer, by the span that the command named and this site's own clock.</summary>
    public bool IsOver(DateTimeOffset now) => Command.Late == LatePolicy.Refuse && now - AcceptedUtc >= Command.Left;

    public RoundKey Key => Command.Key;

    public ClientId Client => Command.Client;
}
