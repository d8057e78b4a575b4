using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Audits;

/// <summary>Holds the objects of one round after the other to its commit, and each commit to the one before it.</summary>
/// <param name="isKept">Whether the spec keeps the model of a round; asked where it is not there.</param>
internal sealed class RoundAudit(Evidence evidence, ExperimentRecord record, ExperimentResults? results, Func<RoundKey, Task<bool>> isKept)
{
    private readonly Dictionary<Stage, ObjectRef?> _models = []; // the last of each stage; null where its commit cannot be read
    private (string Name, string Sha256)? _before;
    private bool _chained;

    /// <summary>The newest model that a readable commit gives.</summary>
    public ObjectRef? LastModel { get; private set; }

    public async Task<AuditedRound> LookAsync(StageObjects objects, RoundKey key, CancellationToken cancel)
    {
        var name = ObjectNames.Commit(key);
        var (commit, sha256) = await evidence.ReadAsync<RoundCommit>(name, mustBeThere: true, cancel);
        if (commit is not null && !IsWhole(commit))
        {
            evidence.Fault($"{name} lacks a part: it was altered.");
            commit = null;
        }
        await OpeningAsync(key, cancel);
        var kept = objects.Has(ObjectNames.GlobalWeights(key));
        if (commit is not null)
        {
            Link(name, commit);
            evidence.Hold(commit.Decision.Key == key, $"{name} was altered: it speaks of {commit.Decision.Key}.");
            evidence.Hold(commit.Loss == RoundCommitter.MeanLoss(commit.Decision), $"{name} was altered: its loss is not the mean of the clients' losses.");
            await DecisionAsync(key, commit, cancel);
            kept = await ModelAsync(key, commit, cancel);
            foreach (var counted in commit.Decision.Counted) await UpdateAsync(objects, key, counted, cancel);
        }
        await MetricsAsync(objects, key, cancel);
        if (objects.Has(ObjectNames.Timing(key))) await evidence.ReadAsync<RoundTiming>(ObjectNames.Timing(key), mustBeThere: true, cancel);
        _models[key.Stage] = commit?.Global;
        _before = sha256.Length > 0 ? (name, sha256) : null;
        LastModel = commit?.Global ?? LastModel;
        return new AuditedRound(key, sha256, commit?.Decision.Counted.Count ?? 0, commit?.Decision.LeftOut.Count ?? 0, commit?.Global.Sha256 ?? "", kept,
            evidence.TakeFaults());
    }

    private static bool IsWhole(RoundCommit commit) => commit is { Decision: { Key: not null, Counted: { } counted, LeftOut: not null }, Global: not null }
        && counted.All(update => update is { Client: not null, Weights: not null });

    /// <summary>Commits from before there was a chain name none; behind the first that does all do.</summary>
    private void Link(string name, RoundCommit commit)
    {
        if (commit.Previous is null) evidence.Hold(!_chained, $"{name} was altered: it no longer names the commit before it.");
        else if (_models.Count == 0) evidence.Fault($"{name} was altered: it is the first and names a commit before it.");
        else if (_before is { } before)
            evidence.Hold(before.Sha256 == commit.Previous, $"{before.Name} is not the commit that {name} was written after: one of them was altered.");
        _chained |= commit.Previous is not null;
    }

    private async Task OpeningAsync(RoundKey key, CancellationToken cancel)
    {
        var name = ObjectNames.Opening(key);
        if ((await evidence.ReadAsync<RoundOpening>(name, mustBeThere: true, cancel)).Document is not { } opening) return;
        evidence.Hold(opening.Key == key, $"{name} was altered: it speaks of {opening.Key}.");
        var behind = ExperimentHistory.StageBehind(record.Spec, key);
        var expected = behind is { } stage ? _models.GetValueOrDefault(stage) : key.Stage == Stage.Tokenizer ? null : record.Init;
        if (behind is not null && expected is null) return; // the commit that would tell is a fault already
        evidence.Hold(opening.Start == expected, $"{name} was altered: it does not start from {expected?.Name ?? "nothing"} as it was committed.");
    }

    private async Task DecisionAsync(RoundKey key, RoundCommit commit, CancellationToken cancel)
    {
        var name = ObjectNames.Decision(key, commit.Decision.Epoch);
        if ((await evidence.ReadAsync<RoundDecision>(name, mustBeThere: true, cancel)).Document is { } decision)
            evidence.Hold(Evidence.Same(decision, commit.Decision), $"{name} is not the decision in {ObjectNames.Commit(key)}: one of them was altered.");
    }

    /// <returns>Whether it is there.</returns>
    private async Task<bool> ModelAsync(RoundKey key, RoundCommit commit, CancellationToken cancel)
    {
        var (name, global) = (ObjectNames.GlobalWeights(key), commit.Global);
        evidence.Hold(global.Name == name, $"{ObjectNames.Commit(key)} was altered: it points to {global.Name}.");
        if (commit.Decision.Counted is [var only])
            evidence.Hold(only.Weights.Sha256 == global.Sha256, $"{ObjectNames.Commit(key)} was altered: its model is not the one update that counts.");
        if (await evidence.HoldsAsync(global with { Name = name }, key, cancel)) return true;
        evidence.Hold(!await isKept(key), $"{name} is missing, although the spec keeps it.");
        return false;
    }

    private async Task UpdateAsync(StageObjects objects, RoundKey key, CountedUpdate counted, CancellationToken cancel)
    {
        var name = ObjectNames.ManifestOf(counted.Weights);
        var mustBeThere = record.Spec.Keep.Updates;
        if (mustBeThere || objects.Has(counted.Weights.Name))
            evidence.Hold(await evidence.HoldsAsync(counted.Weights, key, cancel) || !mustBeThere, $"{counted.Weights.Name} is missing, although the spec keeps updates.");
        if (!mustBeThere && !objects.Has(name)) return;
        if ((await evidence.ReadAsync<UpdateManifest>(name, mustBeThere, cancel)).Document is { } manifest)
        {
            evidence.Hold((manifest.Key == key || record.Spec.TakesLateOf(manifest.Key) == key) && Evidence.Same(counted, new CountedUpdate(manifest.Client, manifest.Weights, manifest.Samples, manifest.Loss)),
                $"{name} is not what was committed: it was altered.");
        }
    }

    private async Task MetricsAsync(StageObjects objects, RoundKey key, CancellationToken cancel)
    {
        var name = ObjectNames.Metrics(key);
        var reported = results?.Evaluations?.FirstOrDefault(metrics => metrics.Key == key);
        if (!objects.Has(name) && reported is null) return;
        if ((await evidence.ReadAsync<RoundMetrics>(name, mustBeThere: true, cancel)).Document is not { } metrics) return;
        evidence.Hold(metrics.Key == key, $"{name} was altered: it speaks of {metrics.Key}.");
        evidence.Hold(reported is null || Evidence.Same(metrics, reported), $"{name} is not what the results say of it: one of them was altered.");
    }
}
