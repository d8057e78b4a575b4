using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using MassTransit;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Asks the Evaluator to look at global models. It may be asked twice for one.</summary>
public sealed class EvaluationRequests(IBus bus)
{
    /// <summary>Asks for a round that has just been committed, where the spec wants it evaluated; the last one is asked for by the conclusion.</summary>
    public Task RequestAsync(ExperimentHistory history, RoundCommit commit, CancellationToken cancel) =>
        IsWanted(history, commit.Decision.Key) && !IsLast(history, commit.Decision.Key) ? PublishAsync(history, commit, last: false, cancel) : Task.CompletedTask;

    /// <summary>Asks for all that has been committed and not evaluated, but for the last.</summary>
    public async Task RequestMissingAsync(ExperimentHistory history, CancellationToken cancel)
    {
        foreach (var (commit, _) in history.Rounds)
        {
            if (!history.IsEvaluated(commit.Decision.Key)) await RequestAsync(history, commit, cancel);
        }
    }

    /// <summary>Asks for the experiment's last model, after which the results are written.</summary>
    public Task RequestLastAsync(ExperimentHistory history, CancellationToken cancel) =>
        PublishAsync(history, history.Rounds[^1].Commit, last: true, cancel);

    /// <summary>Whether the spec wants this round evaluated.</summary>
    public static bool IsWanted(ExperimentHistory history, RoundKey key) =>
        key.Stage == Stage.Finetune && history.Record.Spec.Evaluate.Includes(key.Round, history.Record.Spec.Training(key.Stage).Rounds);

    private static bool IsLast(ExperimentHistory history, RoundKey key) =>
        key.Stage == history.Record.Spec.Stages()[^1] && key.Round == history.Record.Spec.Training(key.Stage).Rounds;

    private Task PublishAsync(ExperimentHistory history, RoundCommit commit, bool last, CancellationToken cancel) =>
        bus.Publish(new GlobalModelPublished(commit.Decision.Key, history.Reference, commit.Global, last), cancel);
}
