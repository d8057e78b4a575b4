using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts.Messages;
using MassTransit;

namespace AspireFed.Aggregator.Messaging;

/// <summary>Signs of life: who is there, and what they do. Any of them may be lost.</summary>
public sealed class TrainerSigns(ClientRegistry registry, RoundBoard board, ExperimentCatalog catalog, Story story, TimeProvider time)
    : IConsumer<TrainerAnnounced>, IConsumer<TrainingProgress>
{
    public Task Consume(ConsumeContext<TrainerAnnounced> context)
    {
        registry.Announce(context.Message);
        return Task.CompletedTask;
    }

    public Task Consume(ConsumeContext<TrainingProgress> context)
    {
        var report = context.Message;
        registry.Heard(report.Trainer);
        if (board.Find(report.Key) is not { } round || catalog.FindOpen(report.Key.Experiment) is not { } history) return Task.CompletedTask;
        round.Progressed(report, time.GetUtcNow());
        if (round.Progress(report.Client) is { Done: false } client) story.Progressed(history, report, client);
        return Task.CompletedTask;
    }
}
