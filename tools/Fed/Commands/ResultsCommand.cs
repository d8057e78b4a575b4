using AspireFed.Contracts.Documents;
using AspireFed.Fed.Display;
using AspireFed.Fed.Server;
using Spectre.Console;
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
        foreach (var result in results.Where(result => settings.Pictures is not null && result.Spec is { Tokenizer: not null, Evaluate.Pictures: true }))
            await SaveAsync(server, result, Directory.CreateDirectory(Path.Combine(session.Folder, settings.Pictures!)).FullName, cancellationToken);
        if (settings.Json) JsonOutput.Write(session.Output, results);
        else session.Output.Write(ResultTable.Of(results));
        return ExitCode.Success;
    }

    private async Task SaveAsync(AggregatorClient server, ExperimentResults result, string folder, CancellationToken cancel)
    {
        string path = Path.Combine(folder, $"{result.Experiment}-reconstructions.png");
        await File.WriteAllBytesAsync(path, await server.ReconstructionsAsync(result.Experiment, cancel), cancel);
        session.Error.MarkupLineInterpolated($"[grey]Test images and what their tokens tell: {path}[/]");
    }
}
