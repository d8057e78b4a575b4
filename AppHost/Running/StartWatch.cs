using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireFed.AppHost.Running;

/// <summary>
/// Names a resource that ends or cannot start, with the end of its log; ends a run that is not ready yet where that was asked for.
/// </summary>
internal sealed class StartWatch(
    ResourceNotificationService notifications, ResourceLoggerService logs, IHostApplicationLifetime lifetime, RunOptions options,
    DataFolder data, ILogger<StartWatch> logger) : BackgroundService
{
    private const int LinesOfLog = 20;
    private static readonly string[] Ends = [KnownResourceStates.FailedToStart, KnownResourceStates.Exited, KnownResourceStates.Finished];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        HashSet<string> told = [];
        await foreach (var change in notifications.WatchAsync(stoppingToken))
        {
            var state = change.Snapshot.State?.Text;
            if (!Ends.Contains(state) || lifetime.ApplicationStopping.IsCancellationRequested || !told.Add(change.ResourceId)) continue;
            var log = await LastLinesAsync(change.ResourceId, stoppingToken);
            logger.LogError("{Resource} {State} with exit code {ExitCode}; its last lines:{NewLine}{Log}",
                change.Resource.Name, state, change.Snapshot.ExitCode, Environment.NewLine, log);
            if (!options.StopOnFailure || File.Exists(data.Endpoints)) continue;
            Environment.ExitCode = 1;
            lifetime.StopApplication();
        }
    }

    private async Task<string> LastLinesAsync(string resource, CancellationToken cancel)
    {
        List<string> lines = [];
        try
        {
            await foreach (var batch in logs.GetAllAsync(resource).WithCancellation(cancel))
                lines.AddRange(batch.Select(line => line.Content));
        }
        catch (Exception e) when (!cancel.IsCancellationRequested)
        {
            lines.Add($"(its log cannot be read: {e.Message})"); // a resource that is started again takes its old log away
        }
        return string.Join(Environment.NewLine, lines.TakeLast(LinesOfLog));
    }
}
