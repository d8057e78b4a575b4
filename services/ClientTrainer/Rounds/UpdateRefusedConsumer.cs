using AspireFed.Contracts.Messages;
using MassTransit;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>Tells the people at the client's site that an update did not count.</summary>
public sealed class UpdateRefusedConsumer(ILogger<UpdateRefusedConsumer> logger) : IConsumer<UpdateRefused>
{
    public Task Consume(ConsumeContext<UpdateRefused> context)
    {
        var refused = context.Message;
        logger.LogWarning("The update {Sha256} of {Client} does not count in {Round}: {Reason}",
            refused.Sha256, refused.Client, refused.Key, refused.Reason);
        return Task.CompletedTask;
    }
}
