using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>
/// Whole histories of experiments that have ended. Those that ended or were looked at last stay in memory, as many as have room: the store
/// takes half a minute to give a thousand rounds again.
/// </summary>
public sealed class EndedHistories(HistoryReader reader)
{
    // An update in a history takes about half a kilobyte, an experiment without any some ten.
    private const int MostUpdates = 100_000, UpdatesOfAnEmptyOne = 20;

    private readonly List<ExperimentHistory> _kept = []; // the one that was of use last at the end
    private readonly Dictionary<string, Task<ExperimentHistory>> _readings = new(StringComparer.Ordinal);

    /// <summary>The history where it is in memory, or null.</summary>
    public ExperimentHistory? Find(string id)
    {
        lock (_kept) return _kept.Find(kept => kept.Id == id);
    }

    /// <summary>
    /// The history, from memory or from the ledger, with all metrics that the ledger has. All who ask while it is read wait for the same
    /// reading, which goes on when they have gone: the next one finds it.
    /// </summary>
    /// <exception cref="ObjectStoreException">It cannot be read.</exception>
    public async Task<ExperimentHistory> GetAsync(string id, CancellationToken cancel)
    {
        var history = Find(id) ?? await ReadingOf(id).WaitAsync(cancel);
        Keep(history);
        // Of an experiment that was broken off, a model may have been under evaluation.
        await reader.CatchUpAsync(history, cancel);
        return history;
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

    private Task<ExperimentHistory> ReadingOf(string id)
    {
        lock (_kept)
        {
            if (!_readings.TryGetValue(id, out var reading)) _readings[id] = reading = Task.Run(() => ReadAsync(id), CancellationToken.None);
            return reading;
        }
    }

    private async Task<ExperimentHistory> ReadAsync(string id)
    {
        try
        {
            var history = await reader.ReadAsync(id, onlyLast: false, CancellationToken.None);
            Keep(history);
            return history;
        }
        finally
        {
            lock (_kept) _readings.Remove(id);
        }
    }

    private static int UpdatesOf(ExperimentHistory history) =>
        UpdatesOfAnEmptyOne + history.Rounds.Sum(round => round.Commit.Decision.Counted.Count);
}
