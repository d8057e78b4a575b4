using System.Collections.Concurrent;

namespace AspireFed.Models;

/// <summary>
/// One thread for all work with torch, which keeps thread counts, precision and scopes by thread. And native memory comes from a pool a
/// thread: a new thread every round would leave the pools of the old ones behind, and the process would grow.
/// </summary>
public sealed class WorkThread : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];

    public WorkThread(string name) => new Thread(Run) { Name = name, IsBackground = true }.Start();

    /// <summary>Does the work after all that was asked for before.</summary>
    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancel)
    {
        var task = new Task<T>(work, cancel, TaskCreationOptions.RunContinuationsAsynchronously);
        _work.Add(() => Run(task), cancel);
        return task;
    }

    /// <summary>Lets the thread end after the work that is under way.</summary>
    public void Dispose() => _work.CompleteAdding();

    /// <summary>Work that was given up while it waited for its turn is left out; it must not end the thread of all others.</summary>
    private static void Run(Task task)
    {
        try
        {
            task.RunSynchronously();
        }
        catch (InvalidOperationException) when (task.IsCanceled)
        {
        }
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable()) work();
        _work.Dispose();
    }
}
