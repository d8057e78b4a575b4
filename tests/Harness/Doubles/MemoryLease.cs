using System.Collections.Concurrent;
using AspireFed.Aggregator.Leading;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>A lease that several Aggregators of a test may share; it lasts until it is given back or taken away.</summary>
internal sealed class MemoryLease : ILeaderLease
{
    private readonly ConcurrentDictionary<string, (string Round, byte[] Decision)> _decisions = [];
    private readonly Lock _lock = new();
    private string? _holder;
    private long _epoch;

    public TimeSpan Length { get; init; } = TimeSpan.FromDays(1_000_000);

    /// <summary>Whether Redis is away.</summary>
    public bool Away { get; set; }

    /// <summary>Called before each decision; what it throws is thrown.</summary>
    public Action Deciding { get; init; } = () => { };

    /// <summary>The experiments of which it knows a decision.</summary>
    public IReadOnlyCollection<string> Remembers => [.. _decisions.Keys];

    public Task<long?> TryTakeAsync(string holder, long above, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_holder is not null) return Task.FromResult<long?>(null);
            _holder = holder;
            _epoch = Math.Max(_epoch, above) + 1;
            return Task.FromResult<long?>(_epoch);
        }
    }

    public Task<bool> RenewAsync(string holder, long epoch, CancellationToken cancel)
    {
        if (Away) throw new TimeoutException("Redis does not answer.");
        lock (_lock) return Task.FromResult(_holder == holder && _epoch == epoch);
    }

    public Task ReleaseAsync(string holder, long epoch, CancellationToken cancel)
    {
        lock (_lock)
        {
            if (_holder == holder && _epoch == epoch) _holder = null;
        }
        return Task.CompletedTask;
    }

    /// <summary>Gives the lease to someone else.</summary>
    public void Depose(string by)
    {
        lock (_lock) (_holder, _epoch) = (by, _epoch + 1);
    }

    public Task<string?> HolderAsync(CancellationToken cancel)
    {
        lock (_lock) return Task.FromResult(_holder);
    }

    public Task<byte[]?> DecideAsync(string holder, long epoch, string experiment, string round, byte[] decision, CancellationToken cancel)
    {
        Deciding();
        lock (_lock)
        {
            if (_holder != holder || _epoch != epoch) return Task.FromResult<byte[]?>(null);
            return Task.FromResult<byte[]?>(_decisions.AddOrUpdate(
                experiment, (round, decision), (_, known) => known.Round == round ? known : (round, decision)).Decision);
        }
    }

    public Task ForgetAsync(string experiment, CancellationToken cancel)
    {
        _decisions.TryRemove(experiment, out _);
        return Task.CompletedTask;
    }
}
