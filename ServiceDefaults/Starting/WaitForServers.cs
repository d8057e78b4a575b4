using AspireFed.Contracts;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireFed.ServiceDefaults.Starting;

/// <summary>
/// Holds the start of a service until its servers answer. Says every few seconds which one does not and where it was looked for;
/// a server that refuses us ends the start with one sentence, since trying again would not help.
/// </summary>
internal sealed partial class WaitForServers(IEnumerable<ServerProbe> probes, TimeProvider clock, ILogger<WaitForServers> logger)
    : IHostedLifecycleService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var waits = probes.Select(probe => WaitAsync(probe, stop.Token)).ToList();
        try
        {
            while (waits.Count > 0)
            {
                var done = await Task.WhenAny(waits);
                waits.Remove(done);
                await done;
            }
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new StoppedWhileStartingException(e);
        }
        finally
        {
            await stop.CancelAsync();
        }
    }

    private async Task WaitAsync(ServerProbe probe, CancellationToken cancel)
    {
        var began = clock.GetTimestamp();
        for (var waited = false; ; waited = true)
        {
            using var limit = new CancellationTokenSource(Patience, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, limit.Token);
            try
            {
                await probe.TryReach(either.Token);
                if (waited) LogReached(probe.Server, probe.Address, clock.GetElapsedTime(began).TotalSeconds);
                return;
            }
            catch (Exception e) when (e is not InputException && !cancel.IsCancellationRequested)
            {
                var reason = limit.IsCancellationRequested ? $"no answer within {Patience.TotalSeconds:0} s" : Innermost(e);
                LogUnreachable(probe.Server, probe.Address, clock.GetElapsedTime(began).TotalSeconds, reason);
            }
            await Task.Delay(Pause, clock, cancel);
        }
    }

    private static string Innermost(Exception e) => e.GetBaseException().Message.TrimEnd('.');

    [LoggerMessage(LogLevel.Warning, "{Server} at {Address} does not answer ({Waited:0} s so far): {Reason}; still trying.")]
    private partial void LogUnreachable(string server, string address, double waited, string reason);

    [LoggerMessage(LogLevel.Information, "{Server} at {Address} answered after {Waited:0} s.")]
    private partial void LogReached(string server, string address, double waited);

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
