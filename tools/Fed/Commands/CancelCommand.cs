using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class CancelCommand(FedSession session) : AsyncCommand<ExperimentSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, ExperimentSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        string id = await server.ResolveAsync(settings.Id, cancellationToken);
        await server.CancelAsync(id, cancellationToken);
        session.Output.MarkupLineInterpolated($"Experiment [bold]{id}[/] is asked to stop.");
        return ExitCode.Success;
    }
}
