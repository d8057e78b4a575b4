using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Evaluator.Reports;

/// <summary>Gathers an experiment's losses, metrics and costs from the ledger into its results.</summary>
internal sealed class ResultsReport(ExperimentLedger ledger, TimeProvider time)
{
    /// <summary>Writes the results, once: a second call finds them.</summary>
    public async Task WriteAsync(ExperimentRecord experiment, CancellationToken cancel)
    {
        var name = ObjectNames.Results(experiment.Id);
        if (await ledger.ReadAsync<ExperimentResults>(name, cancel) is not null) return;

        Dictionary<Stage, IReadOnlyList<RoundCommit>> commits = [];
        foreach (var stage in experiment.Spec.Stages())
            commits[stage] = [.. (await ledger.CommitsAsync(experiment.Id, stage, cancel)).Select(found => found.Commit)];
        var rounds = experiment.Spec.Stages().SelectMany(stage => commits[stage]).ToList();
        var timings = await ReadAllAsync<RoundTiming>(rounds.Select(commit => ObjectNames.Timing(commit.Decision.Key)), cancel);
        var finetuned = rounds.Where(commit => commit.Decision.Key.Stage == Stage.Finetune);
        var evaluations = await ReadAllAsync<RoundMetrics>(finetuned.Select(commit => ObjectNames.Metrics(commit.Decision.Key)), cancel);
        var opening = await ledger.ReadAsync<RoundOpening>(ObjectNames.Opening(rounds[0].Decision.Key), cancel);
        var began = opening?.OpenedUtc ?? experiment.CreatedUtc;
        var ended = timings is [.., var last] && timings.Count == rounds.Count ? last.CommittedUtc : time.GetUtcNow();

        await ledger.WriteAsync(name, new ExperimentResults(
            experiment.Id, experiment.Spec, Losses(Stage.Pretrain), Losses(Stage.Finetune), evaluations,
            rounds[^1].Global.Sha256, (ended - began).TotalSeconds,
            timings.Sum(timing => timing.Images), timings.Sum(timing => timing.Bytes))
        {
            TokenizerLoss = Losses(Stage.Tokenizer),
        }, cancel);

        IReadOnlyList<double> Losses(Stage stage) => commits.TryGetValue(stage, out var committed)
            ? [.. committed.Where(commit => commit.Decision.Key.Round > 0).Select(commit => commit.Loss)]
            : [];
    }

    private async Task<IReadOnlyList<T>> ReadAllAsync<T>(IEnumerable<string> names, CancellationToken cancel)
        where T : class
    {
        List<T> documents = [];
        foreach (var name in names)
        {
            if (await ledger.ReadAsync<T>(name, cancel) is { } document) documents.Add(document);
        }
        return documents;
    }
}
