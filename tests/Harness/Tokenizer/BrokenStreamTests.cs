using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Tokenizing;
using AspireFed.Imaging.Pixels;
using AspireFed.Tests.Harness.Doubles;
using AspireFed.Training;
using Grpc.Core;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace AspireFed.Tests.Harness.Tokenizer;

/// <summary>A tokenizer whose stream breaks once while batches are unanswered.</summary>
public sealed class BrokenStreamTests
{
    private static readonly VisualTokenizer s_tokenizer = new(new TokenizerSpec { Vocabulary = 512, Dimensions = 8 }, Seed: 3, Grid: 8);

    public enum Breaks
    {
        Never,
        WithAnError,
        ByEndingEarly,
        WithItsConnection,
    }

    [Theory]
    [InlineData(Breaks.WithAnError)]
    [InlineData(Breaks.ByEndingEarly)]
    [InlineData(Breaks.WithItsConnection)]
    public async Task What_is_unanswered_is_asked_again_and_every_batch_gets_its_tokens_once_and_in_order(Breaks breaks) =>
        Assert.Equal(await TokensAsync(Breaks.Never), await TokensAsync(breaks));

    private static async Task<List<int[]>> TokensAsync(Breaks breaks)
    {
        await using var server = await TokenizerServer.StartAsync(interceptor: new BreakingOnce(breaks));
        var side = (await server.Tokens.DescribeAsync(s_tokenizer, TestContext.Current.CancellationToken)).ImageSize;
        var batches = VisualTokensTests.Pictures(side, 6).Select(picture => (IReadOnlyList<RgbImage>)[picture]).ToAsyncEnumerable();
        return await server.Tokens.TokenizeAsync(s_tokenizer, batches, TestContext.Current.CancellationToken)
            .ToListAsync(TestContext.Current.CancellationToken).AsTask().WaitAsync(FolderObjectStore.Patience, TestContext.Current.CancellationToken);
    }

    private sealed class BreakingOnce(Breaks breaks) : Interceptor
    {
        private const int Answered = 2;
        private int _streams;

        public override Task DuplexStreamingServerHandler<TRequest, TResponse>(
            IAsyncStreamReader<TRequest> requestStream, IServerStreamWriter<TResponse> responseStream, ServerCallContext context,
            DuplexStreamingServerMethod<TRequest, TResponse> continuation)
        {
            var isFirst = Interlocked.Increment(ref _streams) == 1;
            return continuation(isFirst && breaks != Breaks.Never ? new Reader<TRequest>(requestStream, () => Break(context)) : requestStream, responseStream, context);
        }

        private bool Break(ServerCallContext context)
        {
            if (breaks == Breaks.WithAnError) throw new RpcException(new Status(StatusCode.Unavailable, "going down"));
            if (breaks == Breaks.WithItsConnection) context.GetHttpContext().Features.GetRequiredFeature<IConnectionLifetimeFeature>().Abort();
            return false;
        }

        private sealed class Reader<T>(IAsyncStreamReader<T> inner, Func<bool> end) : IAsyncStreamReader<T>
        {
            private int _read;

            public T Current => inner.Current;

            public async Task<bool> MoveNext(CancellationToken cancellationToken) =>
                await inner.MoveNext(cancellationToken) && (_read++ < Answered || end());
        }
    }
}
