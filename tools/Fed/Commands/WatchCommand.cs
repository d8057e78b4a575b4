using AspireFed.Contracts.Views;
using AspireFed.Fed.Display;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class WatchCommand(FedSession session) : AsyncCommand<ExperimentSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, ExperimentSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        string id = await server.ResolveAsync(settings.Id, cancellationToken);
        var summary = await new ExperimentWatch(session, server, settings.Json).FollowAsync(id, cancellationToken);
        if (summary.State == ExperimentState.Completed)
        {
            var results = await server.ResultsAsync(id, cancellationToken);
            if (settings.Json) JsonOutput.Write(session.Output, results);
            else session.Output.Write(ResultTable.Of([results]));
        }
        return summary.State == ExperimentState.Completed ? ExitCode.Success : ExitCode.ExperimentFailed;
    }
}
