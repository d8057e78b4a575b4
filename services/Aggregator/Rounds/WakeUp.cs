using System.Threading.Channels;

namespace AspireFed.Aggregator.Rounds;

/// <summary>
/// Tells the loop that runs the experiment to look again. It carries no state: a loop that looks finds all in the ledger, and a wake-up
/// that comes while it looks makes it look once more.
/// </summary>
public sealed class WakeUp(TimeProvider time)
{
    private readonly Channel<bool> _signal = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    public void Set() => _signal.Writer.TryWrite(true);

    /// <summary>Returns at the next wake-up, or when the time is over.</summary>
    public async Task WaitAsync(TimeSpan atMost, CancellationToken cancel)
    {
        if (_signal.Reader.TryRead(out _) || atMost <= TimeSpan.Zero) return;
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        await using var timer = time.CreateTimer(static state => ((CancellationTokenSource)state!).Cancel(), enough, atMost, Timeout.InfiniteTimeSpan);
        try
        {
            await _signal.Reader.ReadAsync(enough.Token);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // The time is over.
        }
    }
}
