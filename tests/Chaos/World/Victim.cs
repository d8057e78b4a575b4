using AspireFed.Ledger.Faults;
using AspireFed.Tests.Chaos.Plan;
using AspireFed.Tests.Integration.Processes;

namespace AspireFed.Tests.Chaos.World;

/// <summary>A service process that is made to end or to stop at named points, and is started again.</summary>
internal sealed class Victim : IAsyncDisposable
{
    private static readonly TimeSpan Glance = TimeSpan.FromMilliseconds(100);

    private readonly string _file = Path.Combine(Path.GetTempPath(), $"aspirefed-fault-{Guid.NewGuid():N}");
    private readonly ServiceProcess _process;

    public Victim(string name, string project, IReadOnlyList<FaultPoint> points, IReadOnlyDictionary<string, string> environment)
    {
        (Name, Points) = (name, points);
        _process = new ServiceProcess(project, new Dictionary<string, string>(environment) { [FaultHook.Variable] = _file });
    }

    public string Name { get; }

    /// <summary>The points that this service reaches in its work.</summary>
    public IReadOnlyList<FaultPoint> Points { get; }

    public void Start() => _process.Start();

    public Task KillAsync() => _process.KillAsync();

    /// <summary>Returns when the service prints such a line.</summary>
    public Task SaysAsync(string words) => _process.SaysAsync(words);

    /// <summary>Lets a process go on that was stopped.</summary>
    public Task GoOnAsync() => _process.SignalAsync("CONT");

    /// <summary>Lets the fault happen when the service next reaches its point; returns when it has ended and been started again, or has been stopped.</summary>
    public async Task SufferAsync(Fault fault, CancellationToken cancel)
    {
        await File.WriteAllTextAsync(_file, fault.ToString(), cancel);
        try
        {
            if (fault.Action == FaultAction.Stop)
            {
                // A process that was stopped says nothing: what its fault leaves behind is all there is to see.
                while (!File.Exists(_file + FaultHook.Struck)) await Task.Delay(Glance, cancel);
                return;
            }
            await ExitAsync(cancel);
            if (!File.Exists(_file + FaultHook.Struck)) throw new InvalidOperationException($"{Name} ended before it came to {fault}.");
            await _process.KillAsync();
            _process.Start();
        }
        finally
        {
            File.Delete(_file);
            File.Delete(_file + FaultHook.Struck);
        }
    }

    /// <summary>Waits for the fault to strike; where the wait is given up at that very moment, it has struck all the same.</summary>
    private async Task ExitAsync(CancellationToken cancel)
    {
        try
        {
            await _process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            File.Delete(_file);
            if (!File.Exists(_file + FaultHook.Struck)) throw;
            await _process.WaitForExitAsync(CancellationToken.None);
        }
    }

    public ValueTask DisposeAsync() => _process.DisposeAsync();
}
