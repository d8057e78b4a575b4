using AspireFed.Aggregator.Keeping;
using AspireFed.Aggregator.Leading;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>
/// While this Aggregator leads, runs the experiments of the ledger one after the other, the oldest first. A fault that may pass (store, broker,
/// Redis, disk) makes an experiment go on from the ledger after a pause, as a restart would; any other ends it with one sentence.
/// </summary>
public sealed class ExperimentQueue(
    Leadership leadership, ExperimentCatalog catalog, ExperimentLedger ledger, ExperimentRun run, ExperimentEnding ending, HoldUp holdUp,
    Retention retention, TimeProvider time, ILogger<ExperimentQueue> logger) : BackgroundService
{
    private static readonly TimeSpan FirstPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(30);

    protected override Task ExecuteAsync(CancellationToken stoppingToken) => leadership.LeadAsync(RunAllAsync, stoppingToken);

    private async Task RunAllAsync(CancellationToken termEnds)
    {
        try
        {
            await PersistAsync(null, () => catalog.LoadAsync(termEnds), termEnds);
            retention.LookAtEnded(catalog.Ended);
            while (true)
            {
                var (history, cancelled) = await catalog.TakeNextAsync(termEnds);
                retention.Look(history);
                using var both = CancellationTokenSource.CreateLinkedTokenSource(termEnds, cancelled);
                var (end, reason) = await RunAsync(history, both.Token, termEnds);
                await PersistAsync(history, () => ending.EndAsync(history, end, reason, termEnds), termEnds);
            }
        }
        finally
        {
            catalog.Leave();
        }
    }

    private async Task<(ExperimentEnd End, string Reason)> RunAsync(ExperimentHistory history, CancellationToken cancel, CancellationToken stopping)
    {
        try
        {
            await PersistAsync(history, async () =>
            {
                if (await ledger.Store.GetAsync(ObjectNames.Cancellation(history.Id), cancel) is not null) throw new OperationCanceledException();
                await run.RunAsync(history, cancel);
            }, cancel);
            return (ExperimentEnd.Completed, "");
        }
        catch (OperationCanceledException) when (!stopping.IsCancellationRequested)
        {
            return (ExperimentEnd.Cancelled, ExperimentEnding.CancelledByUser);
        }
        catch (ExperimentFailedException e)
        {
            return (ExperimentEnd.Failed, e.Message);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            logger.LogError(e, "{Experiment} cannot go on", history.Id);
            return (ExperimentEnd.Failed, $"The aggregator cannot go on: {e.Message}");
        }
    }

    /// <summary>Repeats what fails for a reason that may pass, with growing pauses and a line in the log each time.</summary>
    private async Task PersistAsync(ExperimentHistory? history, Func<Task> act, CancellationToken cancel)
    {
        for (var pause = FirstPause; ; pause = pause * 2 < LongestPause ? pause * 2 : LongestPause)
        {
            try
            {
                await act();
                return;
            }
            catch (Exception e) when (TransientFault.MayPass(e) && !cancel.IsCancellationRequested)
            {
                logger.LogWarning("{What} is held up and goes on in {Seconds} s: {Reason}", history?.Id ?? "The ledger", pause.TotalSeconds, e.Message);
                if (history is not null) holdUp.Begin(history, e);
                await Task.Delay(pause, time, cancel);
            }
        }
    }
}
