using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Threading.Channels;
using AspireFed.Contracts;
using AspireFed.Contracts.Tokenizing;
using AspireFed.Imaging.Pixels;
using AspireFed.Training;
using Google.Protobuf;
using Grpc.Core;
using Contract = AspireFed.Contracts.Tokenizing;

namespace AspireFed.ClientTrainer.Tokenizing;

/// <summary>
/// Visual tokens from the Tokenizer service. Decoding, tokenizing and training run beside one another, a few batches apart; a stream that
/// breaks is opened again and asked for what is still unanswered.
/// </summary>
internal sealed class GrpcVisualTokens(
    Contract.Tokenizer.TokenizerClient client, Uri address, TimeProvider time, ILogger<GrpcVisualTokens> logger) : IVisualTokens
{
    private const int ReadAhead = 2;
    private const int Unanswered = 2;

    private static readonly TimeSpan PatienceAtTheEnd = TimeSpan.FromSeconds(5);

    private readonly Reconnection _reconnection = new(address, time, logger);
    private readonly ConcurrentDictionary<TokenizerSettings, TokenizerDescription> _known = [];

    public async Task<TokenFormat> DescribeAsync(VisualTokenizer tokenizer, CancellationToken cancel)
    {
        var description = await DescribeAsync(SettingsOf(tokenizer), cancel);
        return new TokenFormat(description.ImageSize, description.Vocabulary);
    }

    public async IAsyncEnumerable<int[]> TokenizeAsync(
        VisualTokenizer tokenizer, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches, [EnumeratorCancellation] CancellationToken cancel)
    {
        var settings = SettingsOf(tokenizer);
        var side = (await DescribeAsync(settings, cancel)).ImageSize;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        var requests = Channel.CreateBounded<TokenizeRequest>(ReadAhead);
        var replies = Channel.CreateBounded<int[]>(ReadAhead);
        var reading = FillAsync(requests.Writer, batches.Select(batch => Request(settings, side, batch)), stop.Token);
        var asking = FillAsync(replies.Writer, AskAsync(requests.Reader, stop.Token), stop.Token);
        try
        {
            await foreach (var tokens in replies.Reader.ReadAllAsync(cancel))
                yield return tokens;
        }
        finally
        {
            // Whoever stops early must not leave images being decoded behind.
            await stop.CancelAsync();
            await Task.WhenAll(reading, asking);
        }
    }

    private async IAsyncEnumerable<int[]> AskAsync(
        ChannelReader<TokenizeRequest> requests, [EnumeratorCancellation] CancellationToken cancel)
    {
        Queue<TokenizeRequest> unanswered = [];
        AsyncDuplexStreamingCall<TokenizeRequest, TokenizeReply>? call = null;
        try
        {
            while (unanswered.Count > 0 || await requests.WaitToReadAsync(cancel))
            {
                List<TokenizeRequest> fresh = [];
                while (unanswered.Count + fresh.Count < Unanswered && requests.TryRead(out var request))
                    fresh.Add(request);
                var reply = await _reconnection.TryAsync(async stop =>
                {
                    if (call is null)
                    {
                        call = client.Tokenize(cancellationToken: cancel);
                        foreach (var request in unanswered)
                            await call.RequestStream.WriteAsync(request, stop);
                    }
                    while (fresh is [var next, ..])
                    {
                        await call.RequestStream.WriteAsync(next, stop);
                        unanswered.Enqueue(next);
                        fresh.RemoveAt(0);
                    }
                    return await call.ResponseStream.MoveNext(stop)
                        ? call.ResponseStream.Current
                        : throw new RpcException(new Status(StatusCode.Unavailable, "the stream ended early"));
                }, forget: () =>
                {
                    call?.Dispose();
                    call = null;
                }, cancel);
                yield return Tokens(reply, unanswered.Dequeue());
            }
            if (call is not null) await EndAsync(call, cancel);
        }
        finally
        {
            call?.Dispose();
        }
    }

    /// <summary>Waits for the service's own end of the stream: to leave before would be an error in its log.</summary>
    private async Task EndAsync(AsyncDuplexStreamingCall<TokenizeRequest, TokenizeReply> call, CancellationToken cancel)
    {
        try
        {
            await call.RequestStream.CompleteAsync();
            await call.ResponseStream.MoveNext(cancel).WaitAsync(PatienceAtTheEnd, time, cancel);
        }
        catch (Exception e) when (e is RpcException or InvalidOperationException or TimeoutException)
        {
            // All tokens are here; how the stream ends does not matter.
        }
    }

    private async Task<TokenizerDescription> DescribeAsync(TokenizerSettings settings, CancellationToken cancel)
    {
        if (_known.TryGetValue(settings, out var known)) return known;
        return _known[settings] = await _reconnection.TryAsync(
            async stop => await client.DescribeAsync(settings, cancellationToken: stop), forget: () => { }, cancel);
    }

    private static int[] Tokens(TokenizeReply reply, TokenizeRequest request)
    {
        var expected = request.Count * request.Settings.Grid * request.Settings.Grid;
        return reply.Tokens.Count == expected
            ? [.. reply.Tokens]
            : throw new InputException(
                $"The tokenizer answered with {reply.Tokens.Count} tokens where {expected} were due; update it to this version.");
    }

    private static TokenizeRequest Request(TokenizerSettings settings, int side, IReadOnlyList<RgbImage> batch)
    {
        var pixels = new byte[batch.Count * side * side * 3];
        for (var i = 0; i < batch.Count; i++)
        {
            var image = batch[i];
            if (image.Width != side || image.Height != side)
                throw new ArgumentException($"{image.Width} x {image.Height} pixels where {side} x {side} are due.", nameof(batch));
            image.Pixels.CopyTo(pixels, i * side * side * 3);
        }
        return new TokenizeRequest { Settings = settings, Count = batch.Count, Pixels = UnsafeByteOperations.UnsafeWrap(pixels) };
    }

    private static TokenizerSettings SettingsOf(VisualTokenizer tokenizer) => new()
    {
        Kind = JsonNamingPolicy.KebabCaseLower.ConvertName(tokenizer.Spec.Kind.ToString()),
        Grid = tokenizer.Grid,
        Vocabulary = tokenizer.Spec.Vocabulary,
        Dimensions = tokenizer.Spec.Dimensions,
        Seed = unchecked((ulong)tokenizer.Seed),
        Weights = tokenizer.Weights is not { } weights
            ? null : new WeightsReference { Name = weights.Name, Sha256 = weights.Sha256, Size = weights.Size },
    };

    /// <summary>Moves a sequence into a channel; an error comes out at the channel's other end.</summary>
    private static async Task FillAsync<T>(ChannelWriter<T> channel, IAsyncEnumerable<T> items, CancellationToken cancel)
    {
        try
        {
            await foreach (var item in items.WithCancellation(cancel))
                await channel.WriteAsync(item, cancel);
            channel.Complete();
        }
        catch (Exception e)
        {
            channel.Complete(e);
        }
    }
}
