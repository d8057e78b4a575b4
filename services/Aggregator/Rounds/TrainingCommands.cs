using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger.Faults;
using MassTransit;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Sends commands to the queues of the trainers, and tells them which updates do not count.</summary>
public sealed class TrainingCommands(
    IBus bus, ClientRegistry registry, AggregatorSettings settings, TimeProvider time, ILogger<TrainingCommands> logger)
{
    // A trainer that is away finds a handful of its commands and not one for each silence of its absence; the next comes soon after its return.
    private static readonly TimeSpan TimeToLive = TimeSpan.FromMinutes(5);

    /// <summary>Asks the clients whose update is awaited and that have been silent, which at the opening are all.</summary>
    public Task AskSilentAsync(ExperimentHistory history, OpenRound round, CancellationToken cancel) =>
        Task.WhenAll(round.Silent(settings.Silence, time.GetUtcNow()).Select(client => AskAsync(history, round, client, cancel)));

    /// <summary>Tells a client that its update does not count.</summary>
    public async Task RefuseAsync(RoundKey key, ClientId client, string sha256, string reason, CancellationToken cancel)
    {
        logger.LogWarning("An update of {Client} for {Round} is refused: {Reason}", client, key, reason);
        if (registry.Find(client) is not { } registered) return;
        var endpoint = await EndpointAsync(registered.Queue);
        await endpoint.Send(new UpdateRefused(key, client, sha256, reason), cancel);
    }

    /// <summary>Tells all trainers to drop what they do for an experiment.</summary>
    public Task CancelAsync(string experiment, string reason, CancellationToken cancel) =>
        bus.Publish(new CancelTraining(experiment, reason), cancel);

    private async Task AskAsync(ExperimentHistory history, OpenRound round, ClientId client, CancellationToken cancel)
    {
        if (registry.Find(client) is not { } registered)
        {
            round.Homeless(client);
            return;
        }
        round.Asked(client, registered.Trainer, time.GetUtcNow());
        var command = new TrainRound(round.Key, client, history.Reference, round.Opening.Start,
            round.Opening.DeadlineUtc - time.GetUtcNow(), history.TokenizerOf(round.Key.Stage))
        { Late = history.Record.Spec.Federation.Late };
        var endpoint = await EndpointAsync(registered.Queue);
        await endpoint.Send(command, context => context.TimeToLive = TimeToLive, cancel);
        FaultHook.Reach(FaultPoint.CommandSent);
    }

    private Task<ISendEndpoint> EndpointAsync(string queue) => bus.GetSendEndpoint(new Uri($"queue:{queue}"));
}
