using AspireFed.Aggregator.Keeping;
using AspireFed.Aggregator.Leading;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Ends an experiment: the outcome in the ledger, the word to the trainers, the last event of the story.</summary>
public sealed class ExperimentEnding(
    ExperimentLedger ledger, ILeaderLease lease, ExperimentCatalog catalog, TrainingCommands commands, Retention retention, Story story,
    TimeProvider time, ILogger<ExperimentEnding> logger)
{
    /// <summary>Why a cancelled experiment ended, in its outcome.</summary>
    public const string CancelledByUser = "It was cancelled by a user.";

    public async Task EndAsync(ExperimentHistory history, ExperimentEnd end, string reason, CancellationToken cancel)
    {
        if (end != ExperimentEnd.Completed) await commands.CancelAsync(history.Id, reason, cancel);
        FaultHook.Reach(FaultPoint.OutcomeDue);
        var outcome = new ExperimentOutcome(end, reason, time.GetUtcNow());
        await ledger.WriteAsync(ObjectNames.Outcome(history.Id), outcome, cancel);
        await lease.ForgetAsync(history.Id, cancel);
        history.Outcome = outcome;
        story.Ended(history, outcome);
        catalog.Close(history);
        retention.Look(history);
        logger.LogInformation("{Experiment} has ended: {End} {Reason}", history.Id, end, reason);
    }
}
