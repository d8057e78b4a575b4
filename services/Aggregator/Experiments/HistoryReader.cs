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
            var commits = await ReadAllAsync<RoundCommit>(Ending(names, "/commit.json", onlyLast), cancel);
            var timings = onlyLast ? [] : (await ReadAllAsync<RoundTiming>(Ending(names, "/timing.json", onlyLast), cancel)).ToDictionary();
            if (!onlyLast && commits is [.., var (last, _)]) history.LastCommitSha256 = ContentHash.Of((await ledger.Store.GetAsync(last, cancel))!).Sha256;
            foreach (var (_, commit) in commits) history.Add(commit, timings.GetValueOrDefault(ObjectNames.Timing(commit.Decision.Key)));
            foreach (var (_, metrics) in await ReadAllAsync<RoundMetrics>(Ending(names, "/metrics.json", onlyLast), cancel)) history.Add(metrics);
        }
        return history;
    }

    private static IEnumerable<string> Ending(IReadOnlyList<string> names, string ending, bool onlyLast)
    {
        var all = names.Where(name => name.EndsWith(ending, StringComparison.Ordinal));
        return onlyLast ? all.TakeLast(1) : all;
    }

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
