using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Answers updates of rounds that are over, so that every client learns what became of its work.</summary>
public sealed class LateUpdates(ExperimentLedger ledger, TrainingCommands commands)
{
    /// <summary>Does nothing for an update that counts or whose round is still to be resumed.</summary>
    public async Task AnswerAsync(UpdateReady update, CancellationToken cancel)
    {
        var sha256 = Path.GetFileNameWithoutExtension(update.Manifest.Name);
        if (await ledger.ReadAsync<RoundCommit>(ObjectNames.Commit(update.Key), cancel) is { } commit)
        {
            if (commit.Decision.Counted.Any(counted => counted.Client == update.Client && counted.Weights.Sha256 == sha256)) return;
            var reason = commit.Decision.LeftOut.FirstOrDefault(left => left.Client == update.Client)?.Reason;
            await commands.RefuseAsync(update.Key, update.Client, sha256,
                reason is null ? "Round already committed." : $"Round already committed without this client: {reason}", cancel);
        }
        else if (await ledger.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(update.Key.Experiment), cancel) is { } outcome)
        {
            var end = outcome.End.ToString().ToLowerInvariant();
            await commands.RefuseAsync(update.Key, update.Client, sha256, $"The experiment has ended already ({end}).", cancel);
        }
    }
}
