using AspireFed.ServiceDefaults;
using MassTransit;
using Polly;

namespace AspireFed.ClientTrainer.Messaging;

/// <summary>Publishes outside of consumers, where the broker may be away: signs of life once, results until they are out.</summary>
public sealed class Messenger(IBus bus, TimeProvider time, ILogger<Messenger> logger)
{
    private static readonly TimeSpan PatienceOfOneTry = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline _untilOut = Patience.Of(time, _ => true, (delay, fault) => logger.LogWarning(
        "The broker does not take a message and will be asked again in {Delay:0.0} s: {Reason}", delay.TotalSeconds, fault.Message));

    /// <summary>Publishes, again and again until the broker has it.</summary>
    public async Task PublishAsync<T>(T message, CancellationToken cancel)
        where T : class =>
        await _untilOut.ExecuteAsync(async stop => await bus.PublishAsync(message, PatienceOfOneTry, time, stop), cancel);

    /// <summary>Publishes once; a failure is logged and told, since the message would be stale by the next try.</summary>
    public async Task<bool> TryPublishAsync<T>(T message, TimeSpan patience, CancellationToken cancel)
        where T : class
    {
        using var untraced = UntracedScope.Begin();
        try
        {
            await bus.PublishAsync(message, patience, time, cancel);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            logger.LogWarning("The broker does not take {Message}: {Reason}", typeof(T).Name, e.Message);
            return false;
        }
    }
}
