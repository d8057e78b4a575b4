using AspireFed.Fed.Display;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class ShowCommand(FedSession session) : AsyncCommand<ExperimentSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, ExperimentSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        var view = await server.ShowAsync(await server.ResolveAsync(settings.Id, cancellationToken), cancellationToken);
        if (settings.Json) JsonOutput.Write(session.Output, view);
        else session.Output.Write(ExperimentPage.Of(view, session.Time));
        return ExitCode.Success;
    }
}
