using AspireFed.ClientTrainer.Tokenizing;
using AspireFed.Contracts;
using Grpc.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Tokenizer;

public sealed class ReconnectionTests
{
    private readonly FakeTimeProvider _time = new();
    private int _tries;
    private int _forgotten;

    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Cancelled)]
    public Task What_may_be_of_the_connection_is_tried_again_by_a_new_one(StatusCode status) =>
        RecoversFromAsync(new RpcException(new Status(status, "gone")));

    [Theory]
    [InlineData(typeof(IOException))]
    [InlineData(typeof(InvalidOperationException))]
    public Task What_comes_of_sending_into_a_broken_stream_is_tried_again_by_a_new_one(Type fault) =>
        RecoversFromAsync((Exception)Activator.CreateInstance(fault)!);

    [Theory]
    [InlineData(StatusCode.InvalidArgument, "refuses: no")]
    [InlineData(StatusCode.NotFound, "refuses: no")]
    [InlineData(StatusCode.Unauthenticated, "failed with Unauthenticated: no")]
    public async Task What_the_tokenizer_does_not_take_is_told_at_once(StatusCode status, string sentence)
    {
        var fault = await Assert.ThrowsAsync<InputException>(() => TryAsync(() => throw new RpcException(new Status(status, "no"))));
        Assert.Equal($"The tokenizer at http://tokenizer/ {sentence}", fault.Message);
        Assert.Equal(1, _tries);
    }

    [Fact]
    public async Task A_call_that_the_caller_gives_up_is_not_tried_again()
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => TryAsync(() =>
        {
            cancel.Cancel();
            throw new RpcException(Status.DefaultCancelled);
        }, cancel));
        Assert.Equal(1, _tries);
    }

    private async Task RecoversFromAsync(Exception fault)
    {
        Assert.Equal(2, await TryAsync(() => _tries == 1 ? throw fault : _tries));
        Assert.Equal(1, _forgotten);
    }

    private async Task<int> TryAsync(Func<int> call, CancellationTokenSource? cancel = null)
    {
        var trying = new Reconnection(new Uri("http://tokenizer"), _time, NullLogger.Instance).TryAsync(_ =>
        {
            _tries++;
            return Task.FromResult(call());
        }, () => _forgotten++, cancel?.Token ?? TestContext.Current.CancellationToken);
        while (!trying.IsCompleted)
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }
        return await trying;
    }
}
