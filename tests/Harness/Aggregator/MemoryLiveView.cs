using AspireFed.Aggregator.LiveView;
using AspireFed.Contracts.Views;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>A live view in memory, whose readers are woken by what is written.</summary>
internal sealed class MemoryLiveView : ILiveView
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, List<ExperimentEvent>> _stories = [];
    private readonly Dictionary<string, SortedDictionary<string, ClientProgress>> _clients = [];
    private TaskCompletionSource _news = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<bool> HasStoryAsync(string experiment, CancellationToken cancel)
    {
        lock (_lock) return Task.FromResult(_stories.ContainsKey(experiment));
    }

    public Task AppendAsync(string experiment, IReadOnlyList<ExperimentEvent> events, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (!_stories.TryGetValue(experiment, out var story)) _stories[experiment] = story = [];
            story.AddRange(events);
            _news.SetResult();
            _news = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
        return Task.CompletedTask;
    }

    public Task<IReadOnlyList<LiveEvent>> ReadAsync(string experiment, string after, int atMost, CancellationToken cancel)
    {
        var first = after.Length == 0 ? 0 : int.Parse(after) + 1;
        return Task.FromResult<IReadOnlyList<LiveEvent>>(
            [.. Story(experiment).Select((e, index) => new LiveEvent($"{index}", e)).Skip(first).Take(atMost)]);
    }

    public Task ShowAsync(string experiment, IReadOnlyList<ClientProgress> clients, bool afresh, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (afresh || !_clients.ContainsKey(experiment)) _clients[experiment] = [];
            foreach (var client in clients) _clients[experiment][client.Client.Name] = client;
        }
        return Task.CompletedTask;
    }

    public Task ExpireAsync(string experiment, CancellationToken cancel) => Task.CompletedTask;

    public Task<IReadOnlyList<ClientProgress>> ClientsAsync(string experiment, CancellationToken cancel)
    {
        lock (_lock) return Task.FromResult<IReadOnlyList<ClientProgress>>(_clients.TryGetValue(experiment, out var clients) ? [.. clients.Values] : []);
    }

    public void Flush()
    {
        lock (_lock)
        {
            _stories.Clear();
            _clients.Clear();
        }
    }

    public IReadOnlyList<ExperimentEvent> Story(string experiment)
    {
        lock (_lock) return _stories.TryGetValue(experiment, out var story) ? [.. story] : [];
    }

    /// <summary>Waits until so many events of the experiment fulfil a condition, and returns the last of them.</summary>
    public async Task<ExperimentEvent> AwaitAsync(string experiment, Func<ExperimentEvent, bool> condition, int count = 1)
    {
        while (true)
        {
            Task news;
            lock (_lock) news = _news.Task;
            var found = Story(experiment).Where(condition).ToList();
            if (found.Count >= count) return found[count - 1];
            await news.WaitAsync(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken);
        }
    }
}
