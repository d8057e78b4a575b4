namespace AspireFed.Tests.Harness.Doubles;

/// <summary>Holds the calls of a store to one object until it is opened (<see cref="FolderObjectStore.Fault"/>).</summary>
internal sealed class Gate(string call, string ending) : IDisposable
{
    private readonly ManualResetEventSlim _open = new();
    private readonly TaskCompletionSource _reached = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with the first call that is held.</summary>
    public Task Reached => _reached.Task.WaitAsync(FolderObjectStore.Patience, TestContext.Current.CancellationToken);

    public Exception? Hold(string made, string name)
    {
        if (made != call || !name.EndsWith(ending, StringComparison.Ordinal)) return null;
        _reached.TrySetResult();
        return _open.Wait(FolderObjectStore.Patience) ? null : new TimeoutException($"{name} was never let through.");
    }

    public void Open() => _open.Set();

    public void Dispose() => _open.Dispose();
}
