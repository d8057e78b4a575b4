using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Tests.Harness.Doubles;

/// <summary>Holds the calls of a store to one object until it is opened (<see cref="FolderObjectStore.Fault"/>).</summary>
internal sealed class Gate(string call, string ending) : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _broken;

    /// <summary>Completes with the first call that is held.</summary>
    public Task Reached => _reached.Task.WaitAsync(FolderObjectStore.Patience, TestContext.Current.CancellationToken);

    public Exception? Hold(string made, string name)
    {
        if (made != call || !name.EndsWith(ending, StringComparison.Ordinal)) return null;
        _reached.TrySetResult();
        if (_open.Wait(FolderObjectStore.Patience)) return _broken ? new ObjectStoreException("The store is gone.", new IOException()) : null;
        return new TimeoutException($"{name} was never let through.");
    }

    public void Open() => _open.Set();

    /// <summary>Lets what is held fail.</summary>
    public void Break()
    {
        _broken = true;
        _open.Set();
    }

    public void Dispose() => _open.Dispose();
}
