using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Fed.Display;
using AspireFed.Fed.Server;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

/// <summary>Sends specs to the server. All are checked before the first is created, so that a fault in one starts none.</summary>
public sealed class RunCommand(FedSession session) : AsyncCommand<RunSettings>
{
    public override async Task<int> ExecuteAsync(CommandContext context, RunSettings settings, CancellationToken cancellationToken)
    {
        List<(string File, string Yaml)> specs = [];
        foreach (string file in settings.Files) specs.Add((file, await ReadAsync(file, cancellationToken)));

        var server = session.Connect(settings.Server);
        if (!await CheckAsync(server, specs, settings, cancellationToken)) return ExitCode.WrongInput;
        if (settings.Check) return ExitCode.Success;

        List<ExperimentSummary> created = [];
        foreach (var (file, yaml) in specs)
            created.Add(await server.CreateAsync(file, yaml, settings.Sets, check: false, cancellationToken));
        if (settings.Watch) return await WatchAsync(server, created, settings.Json, cancellationToken);

        if (settings.Json) JsonOutput.Write(session.Output, created);
        else
        {
            foreach (var summary in created)
                session.Output.MarkupLineInterpolated($"[bold]{summary.Id}[/] is accepted; follow it with `fed watch {summary.Id}`.");
        }
        return ExitCode.Success;
    }

    private async Task<bool> CheckAsync(
        AggregatorClient server, List<(string File, string Yaml)> specs, RunSettings settings, CancellationToken cancel)
    {
        bool valid = true;
        foreach (var (file, yaml) in specs)
        {
            try
            {
                await server.CreateAsync(file, yaml, settings.Sets, check: true, cancel);
                if (settings.Check) session.Output.MarkupLineInterpolated($"[green]{file} is valid.[/]");
            }
            catch (SpecRefusedException refused)
            {
                FaultList.Write(session.Error, refused);
                valid = false;
            }
        }
        return valid;
    }

    private async Task<int> WatchAsync(AggregatorClient server, List<ExperimentSummary> created, bool json, CancellationToken cancel)
    {
        List<ExperimentResults> results = [];
        bool complete = true;
        foreach (var experiment in created)
        {
            var summary = await new ExperimentWatch(session, server, json).FollowAsync(experiment.Id, cancel);
            if (summary.State == ExperimentState.Completed) results.Add(await server.ResultsAsync(summary.Id, cancel));
            else complete = false;
        }
        if (json) JsonOutput.Write(session.Output, results);
        else if (results.Count > 0) session.Output.Write(ResultTable.Of(results));
        return complete ? ExitCode.Success : ExitCode.ExperimentFailed;
    }

    private async Task<string> ReadAsync(string file, CancellationToken cancel)
    {
        try
        {
            return await File.ReadAllTextAsync(Path.Combine(session.Folder, file), cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The spec {file} cannot be read: {error.Message}", error);
        }
    }
}
