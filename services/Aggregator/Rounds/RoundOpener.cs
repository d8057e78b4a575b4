using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Opens a round, once: a round that is open already stays as it was opened, with its deadline.</summary>
public sealed class RoundOpener(ExperimentLedger ledger, Cohort cohort, TimeProvider time)
{
    public async Task<RoundOpening> OpenAsync(ExperimentHistory history, RoundKey key, CancellationToken cancel)
    {
        var name = ObjectNames.Opening(key);
        if (await ledger.ReadAsync<RoundOpening>(name, cancel) is { } open) return open;
        var now = time.GetUtcNow();
        var (asked, dropped) = cohort.Of(history, key);
        if (asked.Count == 0) throw new ExperimentFailedException($"In {key.Stage.ToName()} round {key.Round} there is nobody left to ask: all clients were dropped.");
        var opening = new RoundOpening(
            key, asked, history.StartOf(key), now, now.AddMinutes(history.Record.Spec.Federation.DeadlineMinutes))
        { Dropped = dropped };
        await ledger.WriteAsync(name, opening, cancel);
        FaultHook.Reach(FaultPoint.RoundOpened);
        return opening;
    }
}
