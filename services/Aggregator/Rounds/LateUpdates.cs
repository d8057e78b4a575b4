using AspireFed.Aggregator.Keeping;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Answers updates of rounds that are decided, so that every client learns what became of its work.</summary>
public sealed class LateUpdates(ExperimentLedger ledger, RoundDecisions decisions, TrainingCommands commands, Retention retention)
{
    /// <summary>Answers those of the updates that came too late for a decision.</summary>
    public async Task AnswerAsync(IReadOnlyList<UpdateReady> heard, RoundDecision decision, CancellationToken cancel)
    {
        foreach (var update in heard)
            if (!decision.Knows(update.Client, Sha256Of(update))) await AnswerAsync(update, cancel);
    }

    /// <summary>Does nothing for an update that counts, or that still may.</summary>
    public async Task AnswerAsync(UpdateReady update, CancellationToken cancel)
    {
        var (key, client, sha256) = (update.Key, update.Client, Sha256Of(update));
        var decision = await DecisionAsync(key, cancel);
        if (decision?.Knows(client, sha256) == true) return;
        var outcome = await ledger.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(key.Experiment), cancel);
        if (decision is null && outcome is null) return; // the round is still to be resumed
        if ((await ledger.ExperimentAsync(key.Experiment, cancel)).Record.Spec.TakesLateOf(key) is { } next)
        {
            var nextDecision = await DecisionAsync(next, cancel);
            if (nextDecision is null ? outcome is null : nextDecision.Knows(client, sha256)) return;
        }
        var reason = (decision, outcome) switch
        {
            ({ LeftOut: var leftOut }, _) when leftOut.FirstOrDefault(left => left.Client == client) is { } left =>
                $"Round already committed without this client: {left.Reason}",
            (not null, _) => "Round already committed.",
            (null, { End: var end }) => $"The experiment has ended already ({end.ToString().ToLowerInvariant()}).",
            _ => throw new InvalidOperationException("An update is refused for a reason."),
        };
        await commands.RefuseAsync(key, client, sha256, reason, cancel);
        if (outcome is not null) retention.LookAtEnded([key.Experiment]); // its weights came after all had been swept
    }

    private static string Sha256Of(UpdateReady update) => Path.GetFileNameWithoutExtension(update.Manifest.Name);

    private async Task<RoundDecision?> DecisionAsync(RoundKey key, CancellationToken cancel) =>
        (await ledger.ReadAsync<RoundCommit>(ObjectNames.Commit(key), cancel))?.Decision ?? await decisions.FindAsync(key, cancel);
}
