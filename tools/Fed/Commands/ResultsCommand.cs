using AspireFed.Contracts.Documents;
using AspireFed.Fed.Display;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class ResultsCommand(FedSession session) : AsyncCommand<ResultsSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, ResultsSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        List<ExperimentResults> results = [];
        foreach (string id in settings.Ids)
            results.Add(await server.ResultsAsync(await server.ResolveAsync(id, cancellationToken), cancellationToken));
        if (settings.Json) JsonOutput.Write(session.Output, results);
        else session.Output.Write(ResultTable.Of(results));
        return ExitCode.Success;
    }
}
