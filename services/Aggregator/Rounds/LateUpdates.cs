using AspireFed.Aggregator.Keeping;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Answers updates of rounds that are over, so that every client learns what became of its work.</summary>
public sealed class LateUpdates(ExperimentLedger ledger, TrainingCommands commands, Retention retention)
{
    /// <summary>Does nothing for an update that counts or whose round is still to be resumed.</summary>
    public async Task AnswerAsync(UpdateReady update, CancellationToken cancel)
    {
        var (experiment, sha256) = (update.Key.Experiment, Path.GetFileNameWithoutExtension(update.Manifest.Name));
        var commit = await ledger.ReadAsync<RoundCommit>(ObjectNames.Commit(update.Key), cancel);
        if (commit?.Decision.Counted.Any(counted => counted.Client == update.Client && counted.Weights.Sha256 == sha256) == true) return;
        var outcome = await ledger.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(experiment), cancel);
        var reason = (commit, outcome) switch
        {
            ({ Decision.LeftOut: var leftOut }, _) when leftOut.FirstOrDefault(left => left.Client == update.Client) is { } left =>
                $"Round already committed without this client: {left.Reason}",
            (not null, _) => "Round already committed.",
            (null, { End: var end }) => $"The experiment has ended already ({end.ToString().ToLowerInvariant()}).",
            _ => null,
        };
        if (reason is null) return;
        await commands.RefuseAsync(update.Key, update.Client, sha256, reason, cancel);
        if (outcome is not null) retention.LookAtEnded([experiment]); // its weights came after all had been swept
    }
}
