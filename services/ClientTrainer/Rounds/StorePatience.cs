using AspireFed.Contracts;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;
using Polly;

namespace AspireFed.ClientTrainer.Rounds;

/// <summary>
/// Waits for a store that is away as long as it takes: what was trained is worth hours, and the lease is renewed meanwhile. A disk that is
/// too full for what the store gives is no fault of the store and is passed on.
/// </summary>
internal sealed class StorePatience(TimeProvider time, ILogger<StorePatience> logger)
{
    // A store whose parts come back one after another may say for a moment that it does not have what it has.
    private const int TriesOfWhatIsMissing = 3;

    private readonly ResiliencePipeline _untilItAnswers = Patience.Of(time, IsOfTheStore, (delay, fault) =>
        logger.LogWarning("Waiting {Delay:0.0} s for the object store: {Reason}", delay.TotalSeconds, fault.Message));

    /// <summary>Does something with the store until it succeeds.</summary>
    public async Task<T> SendAsync<T>(Func<CancellationToken, Task<T>> act, CancellationToken cancel) =>
        await _untilItAnswers.ExecuteAsync(async stop => await act(stop), cancel);

    /// <summary>Fetches something; gives up where the store says again and again that it does not have it.</summary>
    /// <exception cref="InputException">The object is missing or is not what its reference says.</exception>
    public async Task<T> FetchAsync<T>(Func<CancellationToken, Task<T>> fetch, CancellationToken cancel)
    {
        var missing = 0;
        return await _untilItAnswers.ExecuteAsync(async stop =>
        {
            try
            {
                return await fetch(stop);
            }
            catch (ObjectStoreException e) when (e.IsAboutTheObject && ++missing >= TriesOfWhatIsMissing)
            {
                throw new InputException(e.Message, e);
            }
        }, cancel);
    }

    private static bool IsOfTheStore(Exception fault) => fault is ObjectStoreException && !FullDisk.IsBehind(fault);
}
