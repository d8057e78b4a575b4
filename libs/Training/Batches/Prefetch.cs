using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace AspireFed.Training.Batches;

/// <summary>Lets a sequence run ahead of whoever reads it.</summary>
public static class Prefetch
{
    /// <summary>
    /// Makes items in the background, at most <paramref name="items"/> ahead of the reader. An error of the source reaches the reader after
    /// the items before it; a reader that leaves early stops the source.
    /// </summary>
    public static async IAsyncEnumerable<T> Ahead<T>(
        this IAsyncEnumerable<T> source, int items, [EnumeratorCancellation] CancellationToken cancel = default)
    {
        var channel = Channel.CreateBounded<T>(new BoundedChannelOptions(items) { SingleReader = true, SingleWriter = true });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var pump = Task.Run(() => PumpAsync(source, channel.Writer, stop.Token), CancellationToken.None);
        try
        {
            await foreach (var item in channel.Reader.ReadAllAsync(cancel))
                yield return item;
        }
        finally
        {
            await stop.CancelAsync();
            await pump;
        }
    }

    private static async Task PumpAsync<T>(IAsyncEnumerable<T> source, ChannelWriter<T> writer, CancellationToken cancel)
    {
        try
        {
            await foreach (var item in source.WithCancellation(cancel))
                await writer.WriteAsync(item, cancel);
            writer.Complete();
        }
        catch (Exception failure)
        {
            writer.Complete(failure); // the channel hands it to the reader
        }
    }
}
