using System.Runtime.CompilerServices;
using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.LiveView;

/// <summary>Follows an experiment's story to its end.</summary>
public sealed class StoryReader(ILiveView view, LiveViewWriter writer, StorySignal signal)
{
    private const int Batch = 500;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <param name="after">Id of the last event that the reader knows; empty for the whole story.</param>
    public async IAsyncEnumerable<LiveEvent> FollowAsync(ExperimentHistory history, string after, [EnumeratorCancellation] CancellationToken cancel)
    {
        if (!await view.HasStoryAsync(history.Id, cancel))
        {
            var told = signal.NextAsync(history.Id);
            writer.Write(new LiveChange(history, null, [], Afresh: false));
            await signal.WaitAsync(told, Patience, cancel);
        }
        while (true)
        {
            var ended = history.Outcome is not null;
            var next = signal.NextAsync(history.Id);
            var events = await view.ReadAsync(history.Id, after, Batch, cancel);
            foreach (var live in events)
            {
                yield return live;
                after = live.Id;
                if (live.Event.Kind == ExperimentEventKind.Ended) yield break;
            }
            if (events.Count > 0) continue;
            // The end itself may have been lost or trimmed, or the reader knows it already.
            if (!await signal.WaitAsync(next, Patience, cancel) && ended) yield break;
        }
    }
}
