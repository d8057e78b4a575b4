using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;

namespace AspireFed.Aggregator.Experiments;

/// <summary>An experiment from its first round that is not committed to its results. Running it again goes on where it was.</summary>
public sealed class ExperimentRun(RoundLoop rounds, EvaluationRequests evaluations, Conclusion conclusion)
{
    public async Task RunAsync(ExperimentHistory history, CancellationToken cancel)
    {
        await evaluations.RequestMissingAsync(history, cancel);
        foreach (var stage in history.Record.Spec.Stages())
        {
            var first = (history.LastCommit(stage)?.Decision.Key.Round ?? -1) + 1;
            for (var round = first; round <= history.Record.Spec.Training(stage).Rounds; round++)
                await rounds.RunAsync(history, new RoundKey(history.Id, stage, round), cancel);
        }
        await conclusion.AwaitResultsAsync(history, cancel);
    }
}
