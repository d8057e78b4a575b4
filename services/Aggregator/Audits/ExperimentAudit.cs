using System.Runtime.CompilerServices;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Audits;

/// <summary>
/// Walks the chain of an experiment's commits and holds every object to it that can be held to anything. It believes nothing that is in memory,
/// and streams weights past their hash.
/// </summary>
public sealed class ExperimentAudit(ExperimentLedger ledger)
{
    /// <summary>Tells of each round in order, and at the end of the experiment's own documents.</summary>
    /// <exception cref="ObjectStoreException">The store cannot be reached; says nothing about the objects.</exception>
    public async IAsyncEnumerable<AuditedRound> RunAsync(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        var own = new Evidence(ledger);
        var readable = (await own.ReadAsync<ExperimentRecord>(ObjectNames.Experiment(id), mustBeThere: true, cancel)).Document is not null;
        if (!readable)
        {
            yield return End(own);
            yield break;
        }
        var record = (await ledger.ExperimentAsync(id, cancel)).Record;
        var outcome = (await own.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(id), mustBeThere: false, cancel)).Document;
        var completed = outcome?.End == ExperimentEnd.Completed;
        var results = (await own.ReadAsync<ExperimentResults>(ObjectNames.Results(id), mustBeThere: completed, cancel)).Document;

        var stages = record.Spec.Stages();
        var objects = await StageObjects.ListAsync(ledger, record, cancel);
        var rule = await RuleAsync(record, objects, cancel);
        // While an experiment goes on it may drop a model behind the audit's back; what is dropped once stays so.
        var rounds = new RoundAudit(
            new Evidence(ledger), record, results, async key => rule.Keeps(key)
                && (outcome is not null || (rule = await RuleAsync(record, await StageObjects.ListAsync(ledger, record, cancel), cancel)).Keeps(key)));
        for (var i = 0; i < stages.Count; i++)
        {
            var ended = completed || objects.Skip(i + 1).Any(later => later.Newest >= 0);
            var last = Math.Max(objects[i].Newest, ended ? record.Spec.Training(stages[i]).Rounds : -1);
            for (var round = 0; round <= last; round++) yield return await rounds.LookAsync(objects[i], new RoundKey(id, stages[i], round), cancel);
        }
        if (results is not null) Hold(results, own, rounds.LastModel, objects);
        yield return End(own);
    }

    private static AuditedRound End(Evidence own) => new(null, "", 0, 0, "", false, own.TakeFaults());

    private static void Hold(ExperimentResults results, Evidence own, ObjectRef? last, IReadOnlyList<StageObjects> objects)
    {
        var name = ObjectNames.Results(results.Experiment);
        own.Hold(results.FinalWeightsSha256 == last?.Sha256, $"{name} does not give the last committed model: it was altered.");
        foreach (var metrics in results.Evaluations ?? [])
        {
            own.Hold(objects.Any(stage => stage.Has(ObjectNames.Commit(metrics.Key))), $"{name} speaks of {metrics.Key}, which has no commit.");
        }
    }

    private async Task<KeepRule> RuleAsync(ExperimentRecord record, IReadOnlyList<StageObjects> stages, CancellationToken cancel)
    {
        var unsure = new Evidence(ledger); // what cannot be read is told with its round
        List<RoundMetrics> evaluations = [];
        foreach (var key in stages.SelectMany(objects => objects.Evaluated))
        {
            if ((await unsure.ReadAsync<RoundMetrics>(ObjectNames.Metrics(key), mustBeThere: false, cancel)).Document is { Key: not null, Overall: not null } metrics)
                evaluations.Add(metrics);
        }
        var goesOn = (await unsure.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(record.Id), mustBeThere: false, cancel)).Document is null;
        return new KeepRule(record.Spec, stages.SelectMany(objects => objects.Committed), evaluations, goesOn);
    }
}
