using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;
using AspireFed.ServiceDefaults;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Ends a round: writes all that follows from its decision. The commit makes the round real.</summary>
public sealed class RoundCommitter(ExperimentLedger ledger, GlobalModel model, ScratchFolder scratch, TimeProvider time)
{
    /// <summary>Averages and commits; done twice, it writes the same bytes twice.</summary>
    public async Task<(RoundCommit Commit, string Sha256, RoundTiming Timing)> CommitAsync(
        ExperimentHistory history, OpenRound round, RoundDecision decision, CancellationToken cancel)
    {
        var key = decision.Key;
        var clock = new RoundClock(round, time);
        string file;
        using (Telemetry.Activities.StartActivity("average")) file = await clock.AggregationAsync(() => model.WriteAsync(decision, cancel));
        using var trace = Telemetry.Activities.StartActivity("commit");
        var global = await clock.SendingAsync(() => ledger.Store.PutFileAsync(ObjectNames.GlobalWeights(key), file, cancel));
        FaultHook.Reach(FaultPoint.GlobalWritten);
        var commit = new RoundCommit(decision, global, MeanLoss(decision), history.LastCommitSha256);
        var written = await ledger.WriteAsync(ObjectNames.Commit(key), commit, cancel);
        FaultHook.Reach(FaultPoint.CommitWritten);

        // The next round's updates are checked against these weights: they are kept, all else goes.
        if (file != scratch.PathOf(global.Sha256)) File.Move(file, scratch.PathOf(global.Sha256), overwrite: true);
        scratch.Keep(global.Sha256);
        var timing = clock.Timing(await ManifestsAsync(round, decision, cancel), global);
        await ledger.WriteAsync(ObjectNames.Timing(key), timing, cancel);
        RoundMeter.Record(history.Record, commit, timing);
        return (commit, written.Sha256, timing);
    }

    /// <summary>Mean training loss of the clients that count, weighted by samples.</summary>
    public static double MeanLoss(RoundDecision decision) =>
        decision.Counted.Sum(counted => counted.Loss * counted.Samples) / decision.Counted.Sum(counted => counted.Samples);

    /// <summary>From memory, or after a restart from the ledger.</summary>
    private async Task<IReadOnlyList<UpdateManifest>> ManifestsAsync(OpenRound round, RoundDecision decision, CancellationToken cancel)
    {
        var known = round.Counted();
        if (known.Count == decision.Counted.Count) return [.. known.Select(update => update.Manifest)];
        List<UpdateManifest> manifests = [];
        foreach (var counted in decision.Counted)
            manifests.Add(await ledger.GetAsync<UpdateManifest>(ObjectNames.ManifestOf(counted.Weights), cancel));
        return manifests;
    }
}
