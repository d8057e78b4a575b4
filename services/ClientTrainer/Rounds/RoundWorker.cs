using System.Diagnostics;
using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.ServiceDefaults;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>Trains accepted commands, one after another in the order of their arrival.</summary>
internal sealed class RoundWorker(
    Journal journal, RoundTraining training, DiskPatience disk, TimeProvider time, ILogger<RoundWorker> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var entry = await journal.NextAsync([JournalState.Accepted], stoppingToken);
            using var wanted = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken, journal.WantedToken(entry));
            try
            {
                await WorkAsync(entry, wanted.Token);
            }
            catch (OperationCanceledException) when (wanted.IsCancellationRequested && !stoppingToken.IsCancellationRequested)
            {
                logger.LogInformation("{Client} stops working on {Round}: nobody waits for it any more", entry.Client, entry.Key);
            }
        }
    }

    private async Task WorkAsync(JournalEntry entry, CancellationToken cancel)
    {
        if (entry.IsOver(time.GetUtcNow()))
        {
            logger.LogWarning("{Client} leaves {Round} out: its deadline has passed", entry.Client, entry.Key);
            journal.Remove(entry);
            return;
        }
        using var activity = Telemetry.Activities.StartActivity("train", ActivityKind.Internal, entry.TraceParent);
        activity?.SetTag("aspirefed.client", entry.Client.ToString()).SetTag("aspirefed.round", entry.Key.ToString());
        try
        {
            if (await training.RunAsync(entry, cancel) is not { } work)
            {
                logger.LogInformation("{Experiment} has ended; its work is dropped", entry.Key.Experiment);
                journal.Drop(entry.Key.Experiment);
                return;
            }
            await disk.WriteAsync(() => journal.Advance(entry with { State = JournalState.Trained, Work = work }), cancel);
            Measure(entry, work);
            logger.LogInformation("{Client} has trained {Round}: loss {Loss:0.0000}, {Images} images in {Seconds:0.0} s",
                entry.Client, entry.Key, work.Result.Loss, work.Result.Images, work.TrainSeconds);
        }
        catch (InputException e)
        {
            await FailAsync(entry, activity, e.Message, cancel);
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            logger.LogError(e, "{Client} fails in {Round}", entry.Client, entry.Key);
            var reason = $"{entry.Client} failed in {entry.Key} with {e.GetType().Name}: {e.Message.Trim().Split('\n')[0]}";
            await FailAsync(entry, activity, reason, cancel);
        }
    }

    private static void Measure(JournalEntry entry, LocalWork work)
    {
        if (work.Result.Images == 0) return;
        TagList tags = new() { { "aspirefed.client", entry.Client.ToString() }, { "aspirefed.stage", entry.Key.Stage.ToName() } };
        Telemetry.ImagesPerSecond.Record(work.Result.Images / work.TrainSeconds, tags);
        Telemetry.Loss.Record(work.Result.Loss, tags);
    }

    private async Task FailAsync(JournalEntry entry, Activity? activity, string reason, CancellationToken cancel)
    {
        logger.LogWarning("{Client} gives no update of {Round}: {Reason}", entry.Client, entry.Key, reason);
        activity?.SetStatus(ActivityStatusCode.Error, reason);
        await disk.WriteAsync(() => journal.Advance(entry with { State = JournalState.Failed, Failure = reason }), cancel);
    }
}
