using System.Collections.Concurrent;

namespace AspireFed.Aggregator.LiveView;

/// <summary>Tells readers of a story that there may be more of it.</summary>
public sealed class StorySignal(TimeProvider time)
{
    private readonly ConcurrentDictionary<string, TaskCompletionSource> _news = new(StringComparer.Ordinal);

    public void Set(string experiment)
    {
        if (_news.TryRemove(experiment, out var news)) news.TrySetResult();
    }

    /// <summary>What completes at the next news; to be taken before looking, so that nothing is missed.</summary>
    public Task NextAsync(string experiment) =>
        _news.GetOrAdd(experiment, _ => new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;

    /// <summary>Waits for news, or until the time is over.</summary>
    /// <returns>Whether there are news.</returns>
    public async Task<bool> WaitAsync(Task next, TimeSpan atMost, CancellationToken cancel)
    {
        try
        {
            await next.WaitAsync(atMost, time, cancel);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }
}
