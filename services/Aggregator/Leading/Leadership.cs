using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using StackExchange.Redis;

namespace AspireFed.Aggregator.Leading;

/// <summary>
/// Waits until this Aggregator leads, and holds the lease while it does. One that lost its lease stops what it was about to write and stands
/// by again (docs/decisions/0013).
/// </summary>
public sealed class Leadership(ILeaderLease lease, IObjectStore store, TimeProvider time, ILogger<Leadership> logger)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);
    private const int KeptTerms = 10;

    private readonly ExperimentLedger _ledger = new(store);
    private volatile Term? _term;

    /// <summary>This process among all that may lead.</summary>
    public string Holder { get; } = $"{Environment.MachineName}/{Environment.ProcessId}/{Guid.NewGuid():N}";

    public bool Leads => _term is { } term && term.Left > TimeSpan.Zero;

    /// <summary>The term under way.</summary>
    /// <exception cref="OperationCanceledException">This Aggregator does not lead.</exception>
    public Term Current
    {
        get
        {
            var term = _term ?? throw new OperationCanceledException("This aggregator does not lead.");
            term.Demand();
            return term;
        }
    }

    /// <summary>Leads whenever it can: calls <paramref name="rule"/> once a term, with a token that is cancelled at the term's end.</summary>
    public async Task LeadAsync(Func<CancellationToken, Task> rule, CancellationToken cancel)
    {
        while (true)
        {
            var term = await TakeAsync(cancel);
            using var both = CancellationTokenSource.CreateLinkedTokenSource(term.Over, cancel);
            var renewing = RenewAsync(term, both.Token);
            _term = term;
            try
            {
                await rule(both.Token);
            }
            catch (OperationCanceledException) when (term.Over.IsCancellationRequested && !cancel.IsCancellationRequested)
            {
                logger.LogWarning("This aggregator leads no more (epoch {Epoch}): its lease ran out or another has taken it", term.Epoch);
            }
            finally
            {
                _term = null;
                term.End();
                await renewing;
                await ReleaseAsync(term);
            }
        }
    }

    private async Task<Term> TakeAsync(CancellationToken cancel)
    {
        for (var told = false; ; told = true)
        {
            cancel.ThrowIfCancellationRequested(); // what answers at once does not look
            try
            {
                if (await lease.HolderAsync(cancel).WaitAsync(Patience, time, cancel) is { } holder)
                {
                    if (!told) logger.LogInformation("This aggregator stands by; {Holder} leads", holder);
                }
                else if (await TryTakeAsync(cancel) is { } term)
                {
                    logger.LogInformation("This aggregator leads (epoch {Epoch})", term.Epoch);
                    return term;
                }
            }
            catch (Exception e) when (e is RedisException or TimeoutException or ObjectStoreException && !cancel.IsCancellationRequested)
            {
                if (!told) logger.LogWarning("This aggregator cannot lead until Redis and the object store answer: {Reason}", e.Message);
            }
            await Task.Delay(Pause, time, cancel);
        }
    }

    private async Task<Term?> TryTakeAsync(CancellationToken cancel)
    {
        var above = await HighestEpochAsync(cancel);
        var sent = time.GetTimestamp();
        if (await lease.TryTakeAsync(Holder, above, cancel).WaitAsync(Patience, time, cancel) is not { } epoch) return null;
        var term = new Term(Holder, epoch, lease.Length, time);
        term.Renewed(sent);
        await _ledger.WriteAsync(ObjectNames.Term(epoch), new LeaderTerm(epoch, Holder, time.GetUtcNow()), cancel);
        // Only a lease that was still held after the ledger knew of it is one: so no two leaders ever share an epoch.
        return await RenewOnceAsync(term, cancel) ? term : null;
    }

    /// <summary>The highest epoch that the ledger knows; forgets all but the last terms.</summary>
    private async Task<long> HighestEpochAsync(CancellationToken cancel)
    {
        var terms = await store.ListAsync(ObjectNames.Terms, cancel);
        foreach (var old in terms.SkipLast(KeptTerms)) await store.DeleteAsync(old, cancel);
        var highest = terms is [.., var last] ? ObjectNames.EpochOf(last) : 0;
        // A store may list late, and an epoch must never be given twice.
        while (await store.GetAsync(ObjectNames.Term(highest + 1), cancel) is not null) highest++;
        return highest;
    }

    private async Task RenewAsync(Term term, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            await Task.Delay(Pause, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (cancel.IsCancellationRequested) return;
            try
            {
                if (await RenewOnceAsync(term, cancel)) continue;
                term.End();
            }
            catch (Exception e) when (e is RedisException or TimeoutException)
            {
                logger.LogWarning("The lease cannot be renewed and lasts {Seconds:0.0} s more: {Reason}", Math.Max(0, term.Left.TotalSeconds), e.Message);
                if (term.Left <= TimeSpan.Zero) term.End();
            }
            catch (OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<bool> RenewOnceAsync(Term term, CancellationToken cancel)
    {
        var sent = time.GetTimestamp();
        if (!await lease.RenewAsync(term.Holder, term.Epoch, cancel).WaitAsync(Patience, time, cancel)) return false;
        term.Renewed(sent);
        return true;
    }

    private async Task ReleaseAsync(Term term)
    {
        try
        {
            await lease.ReleaseAsync(term.Holder, term.Epoch, CancellationToken.None).WaitAsync(Patience, time);
        }
        catch (Exception e) when (e is RedisException or TimeoutException)
        {
            logger.LogWarning("The lease is not given back and runs out by itself: {Reason}", e.Message);
        }
    }
}
