using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Waits, after the last commit, until the Evaluator has written the results.</summary>
public sealed class Conclusion(
    ExperimentLedger ledger, HistoryReader reader, EvaluationRequests evaluations, EvaluationBoard board, HoldUp holdUp, WakeUp wakeUp, Story story,
    TimeProvider time, ILogger<Conclusion> logger)
{
    /// <summary>When the Evaluator has said nothing for so long it is asked again.</summary>
    public static readonly TimeSpan Silence = TimeSpan.FromSeconds(20);

    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <exception cref="ExperimentFailedException">The Evaluator says that there will be no results.</exception>
    public async Task AwaitResultsAsync(ExperimentHistory history, CancellationToken cancel)
    {
        board.Watch(history.Id);
        var asked = DateTimeOffset.MinValue;
        while (await ledger.ReadAsync<ExperimentResults>(ObjectNames.Results(history.Id), cancel) is null)
        {
            if (board.Failure is { } reason) throw new ExperimentFailedException($"The last model could not be evaluated: {reason}");
            var now = time.GetUtcNow();
            if (now - asked >= Silence && now - board.HeardUtc >= Silence)
            {
                if (asked > DateTimeOffset.MinValue)
                {
                    logger.LogWarning("{Experiment} has no results yet; the Evaluator is asked again", history.Id);
                    await evaluations.RequestMissingAsync(history, cancel);
                }
                await evaluations.RequestLastAsync(history, cancel);
                asked = now;
            }
            holdUp.Over(history);
            await wakeUp.WaitAsync(Poll, cancel);
        }
        foreach (var metrics in await reader.CatchUpAsync(history, cancel)) story.Evaluated(history, metrics);
    }
}
