using AspireFed.Fed.Display;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class ClientsCommand(FedSession session) : AsyncCommand<ServerSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, ServerSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        var clients = await server.ClientsAsync(cancellationToken);
        if (settings.Json) JsonOutput.Write(session.Output, clients);
        else if (clients.Count == 0) session.Output.MarkupLine("No trainer has announced a client yet.");
        else session.Output.Write(ClientTable.Of(clients, session.Time));
        return ExitCode.Success;
    }
}
