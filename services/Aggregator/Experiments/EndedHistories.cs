namespace AspireFed.Aggregator.Experiments;

/// <summary>
/// Whole histories of experiments that have ended. Those that ended or were looked at last stay in memory, as many as have room: the store
/// takes half a minute to give a thousand rounds again.
/// </summary>
public sealed class EndedHistories(HistoryReader reader) : IDisposable
{
    // An update in a history takes about half a kilobyte.
    private const int MostUpdates = 100_000;

    private readonly List<ExperimentHistory> _kept = []; // the one that was of use last at the end
    private readonly SemaphoreSlim _reading = new(1);

    /// <summary>The history where it is in memory, or null.</summary>
    public ExperimentHistory? Find(string id)
    {
        lock (_kept) return _kept.Find(kept => kept.Id == id);
    }

    /// <summary>The history, from memory or from the ledger; who asks while it is read waits for the same reading.</summary>
    /// <exception cref="AspireFed.Contracts.ObjectStoreException">It cannot be read.</exception>
    public async Task<ExperimentHistory> GetAsync(string id, CancellationToken cancel)
    {
        await _reading.WaitAsync(cancel);
        try
        {
            var history = Find(id) ?? await reader.ReadAsync(id, onlyLast: false, cancel);
            Keep(history);
            return history;
        }
        finally
        {
            _reading.Release();
        }
    }

    public void Keep(ExperimentHistory history)
    {
        lock (_kept)
        {
            _kept.RemoveAll(kept => kept.Id == history.Id);
            _kept.Add(history);
            while (_kept.Count > 1 && _kept.Sum(UpdatesOf) > MostUpdates) _kept.RemoveAt(0);
        }
    }

    public void Clear()
    {
        lock (_kept) _kept.Clear();
    }

    public void Dispose() => _reading.Dispose();

    private static int UpdatesOf(ExperimentHistory history) => history.Rounds.Sum(round => round.Commit.Decision.Counted.Count);
}
