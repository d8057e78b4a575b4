using AspireFed.ClientTrainer.State;
using AspireFed.Contracts.Messages;
using MassTransit;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>Drops the work for an experiment that is over.</summary>
public sealed class CancelTrainingConsumer(Journal journal, ILogger<CancelTrainingConsumer> logger) : IConsumer<CancelTraining>
{
    public Task Consume(ConsumeContext<CancelTraining> context)
    {
        logger.LogInformation("{Experiment} is dropped: {Reason}", context.Message.Experiment, context.Message.Reason);
        journal.Drop(context.Message.Experiment);
        return Task.CompletedTask;
    }
}
