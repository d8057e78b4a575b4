using System.Diagnostics;
using AspireFed.ClientTrainer.Messaging;
using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;
using AspireFed.ServiceDefaults;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>
/// Brings out what training gave: update, manifest, announcement, each only after the one before; or the failure. Runs beside the training,
/// so that the next client does not wait for a slow or absent store.
/// </summary>
internal sealed class UpdateSender(
    Journal journal, StateFolder folder, ExperimentLedger ledger, StorePatience store, DiskPatience disk, Messenger messenger,
    ProgressReporter progress, TrainerSettings settings, TimeProvider time, ILogger<UpdateSender> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var entry = await journal.NextAsync([JournalState.Trained, JournalState.Uploaded, JournalState.Failed], stoppingToken);
            using var wanted = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, journal.WantedToken(entry));
            using var activity = Telemetry.Activities.StartActivity("send update", ActivityKind.Internal, entry.TraceParent);
            activity?.SetTag("aspirefed.client", entry.Client.ToString()).SetTag("aspirefed.round", entry.Key.ToString());
            try
            {
                await SendAsync(entry, wanted.Token);
            }
            catch (OperationCanceledException) when (wanted.IsCancellationRequested && !stoppingToken.IsCancellationRequested)
            {
                logger.LogInformation("{Client} does not send {Round}: nobody waits for it any more", entry.Client, entry.Key);
            }
        }
    }

    private Task SendAsync(JournalEntry entry, CancellationToken cancel) => entry.State switch
    {
        JournalState.Trained => UploadAsync(entry, cancel),
        JournalState.Uploaded => AnnounceAsync(entry, cancel),
        _ => ReportFailureAsync(entry, cancel),
    };

    private async Task UploadAsync(JournalEntry entry, CancellationToken cancel)
    {
        var (key, client, work) = (entry.Key, entry.Client, entry.Work!);
        var path = folder.Update(key, client.Name);
        if (!File.Exists(path))
        {
            logger.LogWarning("The update {Path} has vanished; {Client} trains {Round} again", path, client, key);
            await AdvanceAsync(entry with { State = JournalState.Accepted }, cancel);
            return;
        }
        progress.Report(entry, TrainingPhase.Uploading);
        var began = time.GetTimestamp();
        var weights = await store.SendAsync(
            stop => ledger.Store.PutFileAsync(sha256 => ObjectNames.UpdateWeights(key, client.Name, sha256), path, stop), cancel);
        FaultHook.Reach(FaultPoint.WeightsSent);
        var manifest = new UpdateManifest(
            key, client, settings.Name, weights, work.Result.Samples, work.Result.Loss, work.Result.Images,
            work.TrainSeconds, work.FetchSeconds + time.GetElapsedTime(began).TotalSeconds, work.WaitSeconds, work.Result.Transfer);
        var written = await store.SendAsync(
            stop => ledger.WriteAsync(ObjectNames.UpdateManifest(key, client.Name, weights.Sha256), manifest, stop), cancel);
        FaultHook.Reach(FaultPoint.ManifestWritten);
        Telemetry.BytesMoved.Add(weights.Size, new KeyValuePair<string, object?>("direction", "up"));
        Activity.Current?.SetTag("aspirefed.bytes.sent", weights.Size);
        await AdvanceAsync(entry with { State = JournalState.Uploaded, Manifest = written }, cancel);
        File.Delete(path);
    }

    private async Task AnnounceAsync(JournalEntry entry, CancellationToken cancel)
    {
        await messenger.PublishAsync(new UpdateReady(entry.Key, entry.Client, entry.Manifest!), cancel);
        FaultHook.Reach(FaultPoint.UpdateAnnounced);
        await FinishAsync(entry, cancel);
    }

    private async Task ReportFailureAsync(JournalEntry entry, CancellationToken cancel)
    {
        var failure = new ClientFailure(entry.Key, entry.Client, settings.Name, entry.Failure!);
        await store.SendAsync(stop => ledger.WriteAsync(ObjectNames.Failure(entry.Key, entry.Client.Name), failure, stop), cancel);
        await messenger.PublishAsync(new TrainingFailed(entry.Key, entry.Client, entry.Failure!), cancel);
        await FinishAsync(entry, cancel);
    }

    private async Task FinishAsync(JournalEntry entry, CancellationToken cancel)
    {
        await AdvanceAsync(entry with { State = JournalState.Reported }, cancel);
        progress.Finish(entry);
    }

    private Task AdvanceAsync(JournalEntry entry, CancellationToken cancel) => disk.WriteAsync(() => journal.Advance(entry), cancel);
}
