using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using AspireFed.Fed.Display;
using AspireFed.Fed.Server;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

/// <summary>Has the server hold an experiment's objects to the chain of its commits.</summary>
public sealed class AuditCommand(FedSession session) : AsyncCommand<ExperimentSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, ExperimentSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        string id = await server.ResolveAsync(settings.Id, cancellationToken);
        var audit = await session.Error.Status().StartAsync("Auditing ...", status => LookAsync(server, id, status, cancellationToken));
        string[] faults = [.. audit.SelectMany(round => round.Faults)];
        if (settings.Json)
        {
            JsonOutput.Write(session.Output, audit);
        }
        else
        {
            session.Output.Write(AuditTable.Of(audit));
            foreach (string fault in faults) session.Output.MarkupLineInterpolated($"[red]{fault}[/]");
            session.Output.MarkupLine(AuditTable.Verdict(id, audit));
        }
        return faults.Length == 0 ? ExitCode.Success : ExitCode.ExperimentFailed;
    }

    private static async Task<List<AuditedRound>> LookAsync(AggregatorClient server, string id, StatusContext status, CancellationToken cancel)
    {
        List<AuditedRound> audit = [];
        await foreach (var round in new AuditReport(server).FollowAsync(id, cancel))
        {
            audit.Add(round);
            if (round.Key is { } key) status.Status($"Auditing {key.Stage.ToName()} round {key.Round} ...");
        }
        return audit;
    }
}
