using AspireFed.Contracts.Views;
using AspireFed.Fed.Server;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>Follows an experiment to its end: on a living screen in a terminal, as a log of lines elsewhere.</summary>
/// <param name="quiet">Keeps the output for results: the log goes to the error console.</param>
internal sealed class ExperimentWatch(FedSession session, AggregatorClient server, bool quiet)
{
    /// <returns>How the experiment ended.</returns>
    public async Task<ExperimentSummary> FollowAsync(string id, CancellationToken cancel)
    {
        try
        {
            bool terminal = session.Output.Profile.Capabilities.Interactive && session.Output.Profile.Out.IsTerminal;
            if (terminal && !quiet) await new WatchScreen(session.Output, server, session.Time).FollowAsync(id, cancel);
            else await new WatchLog(quiet ? session.Error : session.Output, server, session.Time).FollowAsync(id, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            session.Error.MarkupLineInterpolated(
                $"Stopped watching; experiment [bold]{id}[/] goes on. `fed watch {id}` follows it again, `fed cancel {id}` stops it.");
            throw;
        }
        var summary = (await server.ShowAsync(id, cancel)).Summary;
        if (summary.State == ExperimentState.Failed)
            session.Error.MarkupLineInterpolated($"[red]Experiment {id} has failed: {summary.Reason}[/]");
        if (summary.State == ExperimentState.Cancelled)
            session.Error.MarkupLineInterpolated($"[yellow]Experiment {id} was cancelled.[/]");
        return summary;
    }
}
