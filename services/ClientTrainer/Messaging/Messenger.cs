using MassTransit;
using Polly;
using Polly.Retry;

namespace AspireFed.ClientTrainer.Messaging;

/// <summary>Publishes outside of consumers, where the broker may be away: signs of life once, results until they are out.</summary>
public sealed class Messenger(IBus bus, TimeProvider time, ILogger<Messenger> logger)
{
    // A publish may hang beyond a reconnect; a fresh try does not.
    private static readonly TimeSpan PatienceOfOneTry = TimeSpan.FromSeconds(30);

    private readonly ResiliencePipeline _untilOut = new ResiliencePipelineBuilder { TimeProvider = time }
        .AddRetry(new RetryStrategyOptions
        {
            ShouldHandle = arguments => ValueTask.FromResult(
                arguments.Outcome.Exception is not null && !arguments.Context.CancellationToken.IsCancellationRequested),
            MaxRetryAttempts = int.MaxValue,
            BackoffType = DelayBackoffType.Exponential,
            Delay = TimeSpan.FromSeconds(1),
            MaxDelay = TimeSpan.FromSeconds(30),
            UseJitter = true,
            OnRetry = arguments =>
            {
                logger.LogWarning("The broker does not take a message and will be asked again in {Delay:0.0} s: {Reason}",
                    arguments.RetryDelay.TotalSeconds, arguments.Outcome.Exception!.Message);
                return default;
            },
        })
        .Build();

    /// <summary>Publishes, again and again until the broker has it.</summary>
    public async Task PublishAsync<T>(T message, CancellationToken cancel)
        where T : class =>
        await _untilOut.ExecuteAsync(async stop => await PublishOnceAsync(message, PatienceOfOneTry, stop), cancel);

    /// <summary>Publishes once; a failure is logged and told, since the message would be stale by the next try.</summary>
    public async Task<bool> TryPublishAsync<T>(T message, TimeSpan patience, CancellationToken cancel)
        where T : class
    {
        using var untraced = UntracedScope.Begin();
        try
        {
            await PublishOnceAsync(message, patience, cancel);
            return true;
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            logger.LogWarning("The broker does not take {Message}: {Reason}", typeof(T).Name, e.Message);
            return false;
        }
    }

    private async Task PublishOnceAsync<T>(T message, TimeSpan patience, CancellationToken cancel)
        where T : class
    {
        using var late = new CancellationTokenSource(patience, time);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(late.Token, cancel);
        try
        {
            await bus.Publish(message, stop.Token);
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new TimeoutException($"no confirmation within {patience.TotalSeconds:0} s");
        }
    }
}
