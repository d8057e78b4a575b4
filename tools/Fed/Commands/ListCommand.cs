using AspireFed.Fed.Display;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class ListCommand(FedSession session) : AsyncCommand<ServerSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, ServerSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        var experiments = (await server.ListAsync(cancellationToken)).OrderByDescending(summary => summary.CreatedUtc).ToList();
        if (settings.Json) JsonOutput.Write(session.Output, experiments);
        else if (experiments.Count == 0)
            session.Output.MarkupLine("No experiments yet; send one with [bold]fed run experiments/demo.yaml --watch[/].");
        else session.Output.Write(ExperimentTable.Of(experiments, session.Time));
        return ExitCode.Success;
    }
}
