using AspireFed.Contracts;
using Grpc.Core;
using Polly;
using Polly.Retry;

namespace AspireFed.ClientTrainer.Tokenizing;

/// <summary>
/// Tries a call to the tokenizer again while it is away for a while, and says in one sentence what is wrong when it stays away.
/// </summary>
internal sealed class Reconnection
{
    private const int Tries = 8; // two minutes

    private readonly Uri _address;
    private readonly ResiliencePipeline _retry;

    public Reconnection(Uri address, TimeProvider time, ILogger logger)
    {
        _address = address;
        _retry = new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle<RpcException>(MayPass),
                MaxRetryAttempts = Tries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromMilliseconds(500),
                MaxDelay = TimeSpan.FromSeconds(30),
                OnRetry = arguments =>
                {
                    logger.LogWarning("The tokenizer at {Address} is asked again in {Delay:0.0} s: {Reason}",
                        address, arguments.RetryDelay.TotalSeconds, ((RpcException)arguments.Outcome.Exception!).Status.Detail);
                    return default;
                },
            })
            .Build();
    }

    /// <param name="forget">Called after a failed try: what was connected is not any more.</param>
    /// <exception cref="InputException">The tokenizer cannot be reached or does not take what was asked.</exception>
    public async Task<T> TryAsync<T>(Func<CancellationToken, Task<T>> call, Action forget, CancellationToken cancel)
    {
        try
        {
            return await _retry.ExecuteAsync(async stop =>
            {
                try
                {
                    return await call(stop);
                }
                catch (RpcException)
                {
                    forget();
                    throw;
                }
                catch (Exception e) when (e is IOException or InvalidOperationException)
                {
                    // A connection that breaks while a message is being sent comes as it is; one that broke before makes sending impossible.
                    forget();
                    throw new RpcException(new Status(StatusCode.Unavailable, e.Message, e));
                }
            }, cancel);
        }
        catch (RpcException e) when (e.StatusCode == StatusCode.Cancelled && cancel.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancel);
        }
        catch (RpcException e)
        {
            throw new InputException(InWords(e), e);
        }
    }

    // A stream that the tokenizer ends while a message is being sent comes as cancelled; so does one that the caller gives up, which is not tried again.
    private static bool MayPass(RpcException e) =>
        e.StatusCode is StatusCode.Unavailable or StatusCode.Internal or StatusCode.ResourceExhausted or StatusCode.Cancelled;

    private string InWords(RpcException e) => e.StatusCode switch
    {
        StatusCode.NotFound or StatusCode.InvalidArgument => $"The tokenizer at {_address} refuses: {e.Status.Detail}",
        StatusCode.Unavailable =>
            $"The tokenizer at {_address} cannot be reached ({e.Status.Detail.TrimEnd('.')}); "
            + "start it, or set Trainer:Tokenizer to its address.",
        _ => $"The tokenizer at {_address} failed with {e.StatusCode}: {e.Status.Detail}",
    };
}
