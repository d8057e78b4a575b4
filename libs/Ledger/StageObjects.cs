using AspireFed.Contracts;
using AspireFed.Contracts.Documents;

namespace AspireFed.Ledger;

/// <summary>What a listing finds in the folders of a stage's rounds.</summary>
public sealed class StageObjects
{
    private readonly List<(RoundKey Key, string File)> _objects;
    private readonly HashSet<string> _names;

    private StageObjects(string experiment, Stage stage, IReadOnlyList<string> names)
    {
        _objects = [.. names.Select(name => ObjectNames.InRound(experiment, stage, name)).OfType<(RoundKey, string)>()];
        _names = [.. names];
    }

    /// <summary>Rounds that have a commit, in order.</summary>
    public IEnumerable<RoundKey> Committed => Having("commit.json");

    /// <summary>The newest round of which something says that it was committed, be the commit there or not; -1 where none was.</summary>
    public int Newest => Committed.Concat(Having("timing.json")).Concat(Evaluated).Select(key => key.Round).DefaultIfEmpty(-1).Max();

    /// <summary>Rounds that have metrics, in order.</summary>
    public IEnumerable<RoundKey> Evaluated => Having("metrics.json");

    /// <summary>Rounds that have a global model, in order.</summary>
    public IEnumerable<RoundKey> Models => Having("global.safetensors");

    /// <summary>Rounds that have something of updates but why there is none, in order.</summary>
    public IEnumerable<RoundKey> Updates =>
        _objects.Where(found => found.File.StartsWith("updates/", StringComparison.Ordinal) && !IsFailure(found.File)).Select(found => found.Key).Distinct();

    /// <summary>Lists every stage of an experiment, in order.</summary>
    public static async Task<IReadOnlyList<StageObjects>> ListAsync(ExperimentLedger ledger, ExperimentRecord record, CancellationToken cancel)
    {
        List<StageObjects> stages = [];
        foreach (var stage in record.Spec.Stages()) stages.Add(await ListAsync(ledger, record.Id, stage, cancel));
        return stages;
    }

    public static async Task<StageObjects> ListAsync(ExperimentLedger ledger, string experiment, Stage stage, CancellationToken cancel) =>
        new(experiment, stage, await ledger.Store.ListAsync(ObjectNames.RoundsPrefix(experiment, stage), cancel));

    public bool Has(string name) => _names.Contains(name);

    /// <summary>Whether an object under `updates/` says why a client gave none; these stay.</summary>
    public static bool IsFailure(string name) => name.EndsWith("/failure.json", StringComparison.Ordinal);

    /// <summary>Reads the metrics of all evaluated rounds.</summary>
    public async Task<IReadOnlyList<RoundMetrics>> MetricsAsync(ExperimentLedger ledger, CancellationToken cancel)
    {
        List<RoundMetrics> all = [];
        foreach (var key in Evaluated) all.Add(await ledger.GetAsync<RoundMetrics>(ObjectNames.Metrics(key), cancel));
        return all;
    }

    private IEnumerable<RoundKey> Having(string file) => _objects.Where(found => found.File == file).Select(found => found.Key);
}
