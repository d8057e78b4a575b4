using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.LiveView;

/// <summary>
/// What people watch while an experiment runs: its story, event by event, and what each client does now. May be emptied at any time: the story
/// can be told again from the ledger, and clients report anew.
/// </summary>
public interface ILiveView
{
    Task<bool> HasStoryAsync(string experiment, CancellationToken cancel);

    /// <summary>Adds events to an experiment's story; of a long story the oldest are dropped.</summary>
    Task AppendAsync(string experiment, IReadOnlyList<ExperimentEvent> events, CancellationToken cancel);

    /// <summary>The events after one whose id is known, oldest first; <paramref name="after"/> is empty for the start of the story.</summary>
    Task<IReadOnlyList<LiveEvent>> ReadAsync(string experiment, string after, int atMost, CancellationToken cancel);

    /// <summary>Shows what clients do.</summary>
    /// <param name="afresh">Whether these are all clients there are to show.</param>
    Task ShowAsync(string experiment, IReadOnlyList<ClientProgress> clients, bool afresh, CancellationToken cancel);

    /// <summary>Drops what is shown of an experiment that has ended, some days from now.</summary>
    Task ExpireAsync(string experiment, CancellationToken cancel);

    /// <summary>What each client of the round was last seen to do, in ordinal order.</summary>
    Task<IReadOnlyList<ClientProgress>> ClientsAsync(string experiment, CancellationToken cancel);
}
