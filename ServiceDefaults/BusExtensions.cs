using MassTransit;

namespace AspireFed.ServiceDefaults;

/// <summary>Publishing outside of consumers, where the broker may be away.</summary>
public static class BusExtensions
{
    /// <summary>Publishes once. A publish may hang beyond a reconnect of the broker; a fresh one does not.</summary>
    /// <exception cref="TimeoutException">The broker has not taken it within <paramref name="patience"/>.</exception>
    public static async Task PublishAsync<T>(this IBus bus, T message, TimeSpan patience, TimeProvider time, CancellationToken cancel)
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
            throw new TimeoutException($"the broker did not take it within {patience.TotalSeconds:0} s");
        }
    }
}
