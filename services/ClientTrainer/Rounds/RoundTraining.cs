using System.Diagnostics;
using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.DataSets;
using AspireFed.Ledger;
using AspireFed.Ledger.Faults;
using AspireFed.ServiceDefaults;
using AspireFed.Training;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>One client's round on this machine: fetch the global weights, train, put update and optimiser state in place.</summary>
internal sealed class RoundTraining(
    ExperimentRecords records, WeightsCache weights, OptimizerStates optimizerStates, StateFolder folder, Journal journal,
    StorePatience store, DiskPatience disk, LocalTrainer trainer, IStageWork work, DataSetCatalog catalog, ProgressReporter progress,
    TrainerSettings settings, TimeProvider time, ILogger<RoundTraining> logger)
{
    /// <returns>What came of it, or null where the experiment has ended.</returns>
    /// <exception cref="InputException">The client's images, the weights or the tokenizer are at fault.</exception>
    public async Task<LocalWork?> RunAsync(JournalEntry entry, CancellationToken cancel)
    {
        var began = time.GetTimestamp();
        progress.Report(entry, TrainingPhase.Fetching);
        if (await store.FetchAsync(stop => records.GetAsync(entry.Key.Experiment, stop), cancel) is not { } experiment) return null;
        var start = await FetchStartAsync(entry.Command, cancel);
        var fetched = time.GetTimestamp();

        progress.Report(entry, TrainingPhase.Training);
        var update = Path.Combine(folder.Scratch, "update.safetensors");
        var result = entry.Key.Round == 0
            ? await Task.Run(() => WriteInitialWeights(experiment, entry, start, update, cancel), cancel)
            : await TrainAsync(experiment, entry, start, update, cancel);
        var trained = time.GetTimestamp();

        cancel.ThrowIfCancellationRequested();
        disk.Write(() => DurableFile.Place(update, folder.Update(entry.Key, entry.Client.Name)), cancel);
        FaultHook.Reach(FaultPoint.UpdateTrained);
        return new LocalWork(
            result,
            WaitSeconds: Math.Max(0, (time.GetUtcNow() - entry.AcceptedUtc - time.GetElapsedTime(began)).TotalSeconds),
            FetchSeconds: time.GetElapsedTime(began, fetched).TotalSeconds,
            TrainSeconds: time.GetElapsedTime(fetched, trained).TotalSeconds);
    }

    private async Task<string?> FetchStartAsync(TrainRound command, CancellationToken cancel)
    {
        if (command.Start is null && command.Key.Round == 0) return null;
        if (command.Start is null) throw new InputException($"The command for {command.Key} names no weights to start from.");
        var (path, fetched) = await disk.WriteAsync(
            room => store.FetchAsync(stop => weights.GetAsync(command.Start, stop), room), cancel);
        Telemetry.BytesMoved.Add(fetched, new KeyValuePair<string, object?>("direction", "down"));
        Activity.Current?.SetTag("aspirefed.bytes.fetched", fetched);
        return path;
    }

    private LocalResult WriteInitialWeights(
        ExperimentRecord experiment, JournalEntry entry, string? start, string update, CancellationToken cancel)
    {
        var set = catalog.Open(entry.Client.Set);
        TransferReport? transfer = null;
        disk.Write(() =>
        {
            transfer = work.WriteInitialWeights(experiment, entry.Key.Stage, set.Classes.Count, start, update);
            DurableFile.Flush(update);
        }, cancel);
        return new LocalResult(set.TrainImages(entry.Client).Count, Images: 0, Loss: 0, transfer);
    }

    private async Task<LocalResult> TrainAsync(
        ExperimentRecord experiment, JournalEntry entry, string? start, string update, CancellationToken cancel)
    {
        var client = entry.Client.Name;
        var before = experiment.Spec.Federation.Optimizer == OptimizerState.Keep ? optimizerStates.Before(entry.Key, client) : null;
        var after = Path.Combine(folder.Scratch, "optimizer");
        var round = new LocalRound(experiment, entry.Key, entry.Client, start!, before, update, after, entry.Command.Tokenizer)
        {
            Saves = new StepSaves(entry, journal, folder, settings.SavePeriod, logger),
            Write = (path, write) => disk.Write(() =>
            {
                write(path);
                DurableFile.Flush(path);
            }, cancel),
        };
        var result = await Task.Run(() => trainer.TrainAsync(round, progress.Of(entry), cancel), cancel);
        cancel.ThrowIfCancellationRequested();
        disk.Write(() => optimizerStates.Keep(entry.Key, client, after), cancel);
        return result;
    }
}
