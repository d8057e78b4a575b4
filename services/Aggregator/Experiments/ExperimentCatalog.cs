using System.Collections.Concurrent;
using AspireFed.Aggregator.Leading;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>
/// All experiments of the ledger: those that go on with their whole history, those that have ended as a line each. Read at the begin of a
/// term of leadership; what comes later comes through here.
/// </summary>
public sealed class ExperimentCatalog(
    ExperimentLedger ledger, HistoryReader reader, EndedHistories ended, TimeProvider time, ILogger<ExperimentCatalog> logger) : IDisposable
{
    // A change of leaders takes no longer; whoever asks in its midst is spared a refusal.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<string, ExperimentHistory> _open = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ExperimentSummary> _ended = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, string> _unreadable = new(StringComparer.Ordinal); // and why
    private readonly Lock _turns = new();
    private readonly SemaphoreSlim _added = new(0);
    private CancellationTokenSource? _cancellation;
    private ExperimentHistory? _running;
    private TaskCompletionSource _loaded = NewSignal();

    /// <summary>Returns when the ledger has been read, so that answers are whole.</summary>
    /// <exception cref="StandsByException">This Aggregator does not lead.</exception>
    public async Task OpenAsync(CancellationToken cancel)
    {
        try
        {
            await _loaded.Task.WaitAsync(Patience, time, cancel);
        }
        catch (TimeoutException)
        {
            throw new StandsByException();
        }
    }

    /// <summary>Reads the ledger. May be repeated. An experiment that somebody altered must not keep the others from running.</summary>
    public async Task LoadAsync(CancellationToken cancel)
    {
        foreach (var id in await ledger.ExperimentsAsync(cancel))
        {
            try
            {
                var history = await reader.ReadAsync(id, onlyLast: true, cancel);
                if (history.Outcome is null) _open[id] = await reader.ReadAsync(id, onlyLast: false, cancel);
                else _ended[id] = history.Summary();
            }
            catch (Exception e) when (e is not OperationCanceledException && !TransientFault.MayPass(e))
            {
                _unreadable[id] = e.Message;
                logger.LogError("{Experiment} is left out, since it cannot be read: {Reason} `fed audit {Experiment}` says what was altered", id, e.Message, id);
            }
        }
        _loaded.TrySetResult();
    }

    /// <summary>Forgets all: another Aggregator leads, and goes on with what it finds in the ledger.</summary>
    public void Leave()
    {
        lock (_turns)
        {
            if (_loaded.Task.IsCompleted) _loaded = NewSignal();
            _running = null;
            _open.Clear();
            _ended.Clear();
            ended.Clear();
            _unreadable.Clear();
        }
    }

    public void Add(ExperimentHistory history)
    {
        _open[history.Id] = history;
        _added.Release();
    }

    public bool Contains(string id) => _open.ContainsKey(id) || _ended.ContainsKey(id) || _unreadable.ContainsKey(id);

    /// <summary>Ids of the experiments that have ended.</summary>
    public IReadOnlyCollection<string> Ended => [.. _ended.Keys];

    /// <summary>The experiment where it has not ended, or null.</summary>
    public ExperimentHistory? FindOpen(string id) => _open.GetValueOrDefault(id);

    /// <summary>The whole history of an experiment, or null where there is none of this id.</summary>
    /// <exception cref="ObjectStoreException">It cannot be read.</exception>
    public async Task<ExperimentHistory?> FindAsync(string id, CancellationToken cancel)
    {
        if (_unreadable.TryGetValue(id, out var reason)) throw new ObjectStoreException($"The experiment '{id}' cannot be read: {reason}");
        if (FindOpen(id) is { } open) return open;
        if (!_ended.ContainsKey(id)) return null;
        var history = await ended.GetAsync(id, cancel);
        _ended[id] = history.Summary(); // metrics may have come since its end
        return history;
    }

    /// <summary>One line an experiment, the newest first.</summary>
    public IReadOnlyList<ExperimentSummary> Summaries() =>
        [.. _open.Values.Select(history => history.Summary()).Concat(_ended.Values)
            .DistinctBy(summary => summary.Id)
            .OrderByDescending(summary => summary.CreatedUtc)
            .ThenByDescending(summary => summary.Id, StringComparer.Ordinal)];

    /// <summary>Waits for the oldest experiment that has not ended and gives it its turn; its token is cancelled when a user says so.</summary>
    public async Task<(ExperimentHistory Experiment, CancellationToken Cancelled)> TakeNextAsync(CancellationToken cancel)
    {
        while (true)
        {
            lock (_turns)
            {
                var next = _open.Values.Where(history => history.Outcome is null)
                    .OrderBy(history => history.Record.CreatedUtc).ThenBy(history => history.Id, StringComparer.Ordinal).FirstOrDefault();
                if (next is not null)
                {
                    _cancellation?.Dispose();
                    _cancellation = new CancellationTokenSource();
                    _running = next;
                    next.Running = true;
                    return (next, _cancellation.Token);
                }
            }
            await _added.WaitAsync(cancel);
        }
    }

    /// <summary>Stops the experiment if it is its turn; false where it is still queued, so that nothing stands in the way of ending it.</summary>
    public bool StopIfRunning(string id)
    {
        lock (_turns)
        {
            if (_running?.Id != id) return false;
            _cancellation!.Cancel();
            return true;
        }
    }

    /// <summary>Keeps an ended experiment as a line, and its history at hand for a while.</summary>
    public void Close(ExperimentHistory history)
    {
        lock (_turns)
        {
            if (_running == history) _running = null;
            history.Running = false;
            _ended[history.Id] = history.Summary();
            ended.Keep(history);
            _open.TryRemove(history.Id, out _);
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    public void Dispose()
    {
        _added.Dispose();
        _cancellation?.Dispose();
    }
}
