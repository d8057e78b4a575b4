using System.Collections.Concurrent;
using System.Threading.Channels;
using AspireFed.ClientTrainer.Messaging;
using AspireFed.ClientTrainer.State;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Training;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>
/// Signs of life of the clients that have work: at every change of phase, every two seconds of training, and, where nothing else is said,
/// often enough to renew the lease. Training never waits for the broker: what it does not take in time is left out.
/// </summary>
public sealed class ProgressReporter(Messenger messenger, Journal journal, TrainerSettings settings, TimeProvider time) : BackgroundService
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<(RoundKey, ClientId), TrainingProgress> _last = [];
    private readonly Channel<TrainingProgress> _outgoing = Channel.CreateBounded<TrainingProgress>(
        new BoundedChannelOptions(64) { FullMode = BoundedChannelFullMode.DropOldest });

    /// <summary>Tells that a client's work has come into a phase.</summary>
    public void Report(JournalEntry entry, TrainingPhase phase) => Report(Blank(entry, phase));

    /// <summary>Tells once more what was last told about a client, or that it waits.</summary>
    public void Repeat(JournalEntry entry) =>
        _outgoing.Writer.TryWrite(_last.TryGetValue((entry.Key, entry.Client), out var last) ? last : Blank(entry, TrainingPhase.Waiting));

    /// <summary>Forgets a client's work when it is done.</summary>
    public void Finish(JournalEntry entry) => _last.TryRemove((entry.Key, entry.Client), out _);

    /// <summary>Takes what local training reports and passes on as much as people and leases need.</summary>
    public IProgress<LocalProgress> Of(JournalEntry entry) =>
        new ThrottledProgress(time, (step, steps, loss, speed) => Report(
            Blank(entry, TrainingPhase.Training) with { Step = step, Steps = steps, Loss = loss, ImagesPerSecond = speed }));

    protected override async Task ExecuteAsync(CancellationToken stoppingToken) =>
        await Task.WhenAll(SendAsync(stoppingToken), RenewLeasesAsync(stoppingToken));

    private async Task SendAsync(CancellationToken stop)
    {
        await foreach (var progress in _outgoing.Reader.ReadAllAsync(stop))
            await messenger.TryPublishAsync(progress, Patience, stop);
    }

    private async Task RenewLeasesAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(settings.HeartbeatPeriod, time);
        while (await timer.WaitForNextTickAsync(stop))
        {
            var open = journal.Open;
            foreach (var entry in open)
                Repeat(entry);
            foreach (var over in _last.Keys.Except(open.Select(entry => (entry.Key, entry.Client))))
                _last.TryRemove(over, out _);
        }
    }

    private void Report(TrainingProgress progress)
    {
        _last[(progress.Key, progress.Client)] = progress;
        _outgoing.Writer.TryWrite(progress);
    }

    private TrainingProgress Blank(JournalEntry entry, TrainingPhase phase) =>
        new(entry.Key, entry.Client, settings.Name, phase, Step: 0, Steps: 0, Loss: null, ImagesPerSecond: 0);
}
