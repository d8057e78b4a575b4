using System.Threading.Channels;
using StackExchange.Redis;

namespace AspireFed.Aggregator.LiveView;

/// <summary>
/// Writes the live view in the background and in order. Where Redis fails, training goes on: the change is dropped with a line in the log,
/// and a story that was lost is told again from the ledger before its next event.
/// </summary>
public sealed class LiveViewWriter(ILiveView view, StorySignal signal, TimeProvider time, ILogger<LiveViewWriter> logger) : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private readonly Channel<LiveChange> _changes =
        Channel.CreateBounded<LiveChange>(new BoundedChannelOptions(10_000) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    public void Write(LiveChange change) => _changes.Writer.TryWrite(change);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var change in _changes.Reader.ReadAllAsync(stoppingToken))
        {
            try
            {
                await WriteAsync(change, stoppingToken);
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                logger.LogWarning("The live view misses an event of {Experiment}, since Redis does not answer: {Reason}", change.History.Id, e.Message);
                await Task.Delay(Pause, time, stoppingToken);
            }
            signal.Set(change.History.Id);
        }
    }

    private async Task WriteAsync(LiveChange change, CancellationToken cancel)
    {
        var id = change.History.Id;
        if (change.Event?.Kind != Contracts.Views.ExperimentEventKind.Created && !await view.HasStoryAsync(id, cancel))
            await view.AppendAsync(id, LedgerStory.Of(change.History, change.Event?.AtUtc ?? DateTimeOffset.MaxValue), cancel);
        if (change.Clients.Count > 0 || change.Afresh) await view.ShowAsync(id, change.Clients, change.Afresh, cancel);
        if (change.Event is { } news) await view.AppendAsync(id, [news], cancel);
        if (change.History.Outcome is not null) await view.ExpireAsync(id, cancel);
    }
}
