using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.LiveView;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Looks for what has arrived in a round's folder: each update is checked once, each failure read once.</summary>
public sealed class UpdateIntake(
    ExperimentLedger ledger, UpdateVerifier verifier, TrainingCommands commands, Story story, TimeProvider time)
{
    public async Task CollectAsync(ExperimentHistory history, OpenRound round, CancellationToken cancel)
    {
        if (LateOf(history, round.Key) is { } earlier) await CollectAsync(history, round, earlier.Decision, cancel);
        await CollectAsync(history, round, earlier: null, cancel);
    }

    /// <param name="earlier">The decision of the round before, whose updates that came after it are looked for; null for the round's own.</param>
    private async Task CollectAsync(ExperimentHistory history, OpenRound round, RoundDecision? earlier, CancellationToken cancel)
    {
        var key = earlier?.Key ?? round.Key;
        var prefix = ObjectNames.UpdatesPrefix(key);
        foreach (var name in await ledger.Store.ListAsync(prefix, cancel))
        {
            if (name[prefix.Length..].Split('/') is not [var folder, var file] || !file.EndsWith(".json", StringComparison.Ordinal)) continue;
            if (round.Opening.Cohort.FirstOrDefault(asked => asked.Name == folder) is not { } client || !round.IsNew(name)) continue;
            if (earlier is not null && (file == "failure.json" || earlier.Knows(client, Path.GetFileNameWithoutExtension(file)))) continue;
            if (file == "failure.json") await TakeFailureAsync(history, round, client, name, cancel);
            else await TakeUpdateAsync(history, round, key, client, name, Path.GetFileNameWithoutExtension(file), cancel);
        }
    }

    private async Task TakeFailureAsync(ExperimentHistory history, OpenRound round, ClientId client, string name, CancellationToken cancel)
    {
        var reason = (await ReadAsync<ClientFailure>(name, cancel))?.Reason ?? "It failed and did not say why.";
        round.LeaveOut(client, reason);
        story.ClientFailed(history, client, reason);
    }

    private async Task TakeUpdateAsync(
        ExperimentHistory history, OpenRound round, RoundKey key, ClientId client, string name, string sha256, CancellationToken cancel)
    {
        if (round.HasCounted(client, key))
        {
            await RefuseAsync("Another update of this client counts already; one client counts once.");
            return;
        }
        if (await ReadAsync<UpdateManifest>(name, cancel) is not { } manifest)
        {
            await RefuseAsync("Its manifest is not readable.");
            return;
        }
        if (Fault(manifest, key, client, sha256) is { } fault)
        {
            await RefuseAsync(fault);
            return;
        }
        var (file, reason) = await verifier.VerifyAsync(round, manifest, cancel);
        if (file is null)
        {
            await RefuseAsync(reason);
            return;
        }
        round.Count(new VerifiedUpdate(manifest, file), time.GetUtcNow());
        FaultHook.Reach(FaultPoint.UpdateCounted);
        story.Counted(history, manifest, round.Progress(client)!);

        async Task RefuseAsync(string why)
        {
            round.Refuse(new RefusedUpdate(client, sha256, why));
            story.Refused(history, client, why);
            await commands.RefuseAsync(key, client, sha256, why, cancel);
        }
    }

    /// <summary>The round whose late updates may count in this one, where the spec wants that.</summary>
    private static RoundCommit? LateOf(ExperimentHistory history, RoundKey key) =>
        history.LastCommit(key.Stage) is { } last && history.Record.Spec.TakesLateOf(last.Decision.Key) == key ? last : null;

    private static string? Fault(UpdateManifest manifest, RoundKey key, ClientId client, string sha256)
    {
        if (manifest.Key != key || manifest.Client != client) return $"Its manifest speaks of {manifest.Client} in {manifest.Key}.";
        if (manifest.Weights.Sha256 != sha256 || manifest.Weights.Name != ObjectNames.UpdateWeights(key, client.Name, sha256))
            return $"Its manifest points to {manifest.Weights.Name} with SHA-256 {manifest.Weights.Sha256}, which is not the name's.";
        if (manifest.Samples <= 0) return $"It claims {manifest.Samples} training images; an update weighs at least one.";
        return double.IsFinite(manifest.Loss) ? null : $"Its training loss is {manifest.Loss}.";
    }

    /// <summary>A document that a client wrote, or null where it is not readable: that is the client's fault and not the store's.</summary>
    private async Task<T?> ReadAsync<T>(string name, CancellationToken cancel)
        where T : class
    {
        try
        {
            return await ledger.ReadAsync<T>(name, cancel);
        }
        catch (ObjectStoreException e) when (e.IsAboutTheObject)
        {
            return null;
        }
    }
}
