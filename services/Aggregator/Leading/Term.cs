using System.Diagnostics.CodeAnalysis;

namespace AspireFed.Aggregator.Leading;

/// <summary>One Aggregator's time as the leader. Ends by its own clock when it is not renewed, whatever the holder of the lease was doing meanwhile.</summary>
/// <param name="epoch">Greater than that of every term before.</param>
[SuppressMessage("Design", "CA1001", Justification = "The source has neither timer nor links, and a late look at it must not throw.")]
public sealed class Term(string holder, long epoch, TimeSpan length, TimeProvider time)
{
    private readonly CancellationTokenSource _over = new();
    private long _renewed = time.GetTimestamp();

    public string Holder { get; } = holder;

    public long Epoch { get; } = epoch;

    /// <summary>Is cancelled when the term is known to be over.</summary>
    public CancellationToken Over => _over.Token;

    /// <summary>Time until the lease runs out.</summary>
    public TimeSpan Left => length - time.GetElapsedTime(Interlocked.Read(ref _renewed));

    /// <summary>The lease was renewed by a request that was sent at this timestamp.</summary>
    public void Renewed(long sent) => Interlocked.Exchange(ref _renewed, sent);

    public void End() => _over.Cancel();

    /// <summary>To be called before every act that only the leader may do.</summary>
    /// <exception cref="OperationCanceledException">The lease has run out, perhaps long ago: this process may have been paused.</exception>
    public void Demand()
    {
        if (Left <= TimeSpan.Zero) End();
        Over.ThrowIfCancellationRequested();
    }
}
