using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Reads experiments from the ledger.</summary>
public sealed class HistoryReader(ExperimentLedger ledger)
{
    private const int Parallel = 8;

    /// <summary>Reads all rounds of an experiment, or for a summary only the last commit of each stage and the last metrics.</summary>
    /// <exception cref="ObjectStoreException">There is no such experiment.</exception>
    public async Task<ExperimentHistory> ReadAsync(string id, bool onlyLast, CancellationToken cancel)
    {
        var (record, reference) = await ledger.ExperimentAsync(id, cancel);
        var history = new ExperimentHistory(record, reference)
        {
            Outcome = await ledger.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(id), cancel),
        };
        foreach (var stage in record.Spec.Stages())
        {
            var names = await ledger.Store.ListAsync(ObjectNames.RoundsPrefix(id, stage), cancel);
            if (onlyLast)
            {
                foreach (var (_, commit) in await ReadAllAsync<RoundCommit>(Ending(names, "/commit.json").TakeLast(1), cancel)) history.Add(commit, null, null);
                foreach (var (_, metrics) in await ReadAllAsync<RoundMetrics>(Ending(names, "/metrics.json").TakeLast(1), cancel)) history.Add(metrics);
                continue;
            }
            var timings = (await ReadAllAsync<RoundTiming>(Ending(names, "/timing.json"), cancel)).ToDictionary();
            foreach (var (commit, sha256) in await ledger.CommitsAsync(id, stage, cancel))
                history.Add(commit, sha256, timings.GetValueOrDefault(ObjectNames.Timing(commit.Decision.Key)));
            foreach (var (_, metrics) in await ReadAllAsync<RoundMetrics>(Ending(names, "/metrics.json"), cancel)) history.Add(metrics);
        }
        return history;
    }

    /// <summary>
    /// Adds the metrics that the ledger has and the history lacks: the Evaluator's word may have been lost on the way, or have gone to another
    /// Aggregator.
    /// </summary>
    /// <returns>Those that are new.</returns>
    public async Task<IReadOnlyList<RoundMetrics>> CatchUpAsync(ExperimentHistory history, CancellationToken cancel)
    {
        List<RoundMetrics> found = [];
        foreach (var (commit, _) in history.Rounds)
        {
            var key = commit.Decision.Key;
            if (EvaluationRequests.IsWanted(history, key) && !history.IsEvaluated(key)
                && await ledger.ReadAsync<RoundMetrics>(ObjectNames.Metrics(key), cancel) is { } metrics && history.Add(metrics))
                found.Add(metrics);
        }
        return found;
    }

    private static IEnumerable<string> Ending(IReadOnlyList<string> names, string ending) =>
        names.Where(name => name.EndsWith(ending, StringComparison.Ordinal));

    private async Task<List<KeyValuePair<string, T>>> ReadAllAsync<T>(IEnumerable<string> names, CancellationToken cancel)
        where T : class
    {
        List<KeyValuePair<string, T>> all = [];
        foreach (var some in names.Chunk(Parallel))
        {
            var documents = await Task.WhenAll(some.Select(name => ledger.GetAsync<T>(name, cancel)));
            all.AddRange(some.Zip(documents, KeyValuePair.Create));
        }
        return all;
    }
}
