using Polly;
using Polly.Retry;

namespace AspireFed.ServiceDefaults;

/// <summary>How services ask again what does not answer: after a second, then ever more rarely, at last every half minute.</summary>
public static class Patience
{
    /// <param name="mayPass">Which failures are worth another try; being cancelled never is.</param>
    /// <param name="tries">Tries after the first.</param>
    /// <param name="waiting">Called before each wait, with its length and the reason.</param>
    public static ResiliencePipeline Of(
        TimeProvider time, Func<Exception, bool> mayPass, Action<TimeSpan, Exception> waiting, int tries = int.MaxValue) =>
        new ResiliencePipelineBuilder { TimeProvider = time }
            .AddRetry(new RetryStrategyOptions
            {
                ShouldHandle = new PredicateBuilder().Handle(mayPass),
                MaxRetryAttempts = tries,
                BackoffType = DelayBackoffType.Exponential,
                Delay = TimeSpan.FromSeconds(1),
                MaxDelay = TimeSpan.FromSeconds(30),
                UseJitter = true,
                OnRetry = arguments =>
                {
                    waiting(arguments.RetryDelay, arguments.Outcome.Exception!);
                    return default;
                },
            })
            .Build();
}
