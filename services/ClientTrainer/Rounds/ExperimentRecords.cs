using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>The record of the experiment under way, and the end of those that are over. Used by one round at a time.</summary>
internal sealed class ExperimentRecords(ExperimentLedger ledger, Journal journal, StateFolder folder)
{
    private ExperimentRecord? _last;

    /// <summary>The experiment's record, or null where the experiment has ended.</summary>
    public async Task<ExperimentRecord?> GetAsync(string experiment, CancellationToken cancel)
    {
        // The ledger is asked every time: the word that an experiment is over may have come before its command, or never.
        if (await HasEndedAsync(experiment, cancel)) return null;
        if (_last?.Id == experiment) return _last;
        _last = await ledger.GetAsync<ExperimentRecord>(ObjectNames.Experiment(experiment), cancel);
        foreach (var other in folder.Experiments.Where(other => other != experiment).ToList())
        {
            if (await HasEndedAsync(other, cancel)) journal.Drop(other);
        }
        return _last;
    }

    private async Task<bool> HasEndedAsync(string experiment, CancellationToken cancel) =>
        await ledger.ReadAsync<ExperimentOutcome>(ObjectNames.Outcome(experiment), cancel) is not null;
}
