using System.Collections.Concurrent;
using System.Threading.Channels;
using MassTransit;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>Keeps what is published, in order, for a test to take out one by one.</summary>
internal sealed class Mailbox<T>
    where T : class
{
    // Only ends a test that would hang; nothing is measured by it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly Channel<T> _letters = Channel.CreateUnbounded<T>();
    private readonly ConcurrentQueue<T> _all = [];

    /// <summary>All that has come so far.</summary>
    public IReadOnlyCollection<T> All => _all;

    public void ListenOn(IReceiveEndpointConfigurator endpoint) => endpoint.Handler<T>(context =>
    {
        _all.Enqueue(context.Message);
        return _letters.Writer.WriteAsync(context.Message).AsTask();
    });

    /// <summary>The next message, which may still be to come.</summary>
    public async Task<T> NextAsync(Func<T, bool>? wanted = null)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        try
        {
            while (true)
            {
                var letter = await _letters.Reader.ReadAsync(patience.Token);
                if (wanted?.Invoke(letter) ?? true) return letter;
            }
        }
        catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException($"No {typeof(T).Name} came; so far: {string.Join(", ", _all)}");
        }
    }
}
