using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Fed.Checkpoints;
using AspireFed.Fed.Display;
using AspireFed.Fed.Server;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

/// <summary>Sends specs to the server, with the weights that they name. All are checked before the first is created, so that a fault in one starts none.</summary>
public sealed class RunCommand(FedSession session) : AsyncCommand<RunSettings>
{
    private sealed record Spec(string File, string Yaml, IReadOnlyList<string> Sets, IReadOnlyList<NamedFile> Weights);

    public override async Task<int> ExecuteAsync(CommandContext context, RunSettings settings, CancellationToken cancellationToken)
    {
        List<Spec> specs = [];
        foreach (string file in settings.Files) specs.Add(await ReadAsync(file, settings, cancellationToken));

        var server = session.Connect(settings.Server);
        if (!await CheckAsync(server, specs, settings.Check, cancellationToken)) return ExitCode.WrongInput;
        if (settings.Check) return ExitCode.Success;

        foreach (var weights in specs.SelectMany(spec => spec.Weights).DistinctBy(weights => weights.Sha256))
            await SendAsync(server, weights, settings.Json, cancellationToken);
        List<ExperimentSummary> created = [];
        foreach (var spec in specs)
            created.Add(await server.CreateAsync(spec.File, spec.Yaml, spec.Sets, check: false, cancellationToken));
        if (settings.Watch) return await WatchAsync(server, created, settings.Json, cancellationToken);

        if (settings.Json) JsonOutput.Write(session.Output, created);
        else
        {
            foreach (var summary in created)
                session.Output.MarkupLineInterpolated($"[bold]{summary.Id}[/] is accepted; follow it with `fed watch {summary.Id}`.");
        }
        return ExitCode.Success;
    }

    private async Task<bool> CheckAsync(AggregatorClient server, List<Spec> specs, bool tell, CancellationToken cancel)
    {
        bool valid = true;
        foreach (var spec in specs)
        {
            try
            {
                await server.CreateAsync(spec.File, spec.Yaml, spec.Sets, check: true, cancel);
                if (tell) session.Output.MarkupLineInterpolated($"[green]{spec.File} is valid.[/]");
            }
            catch (SpecRefusedException refused)
            {
                FaultList.Write(session.Error, refused);
                valid = false;
            }
        }
        return valid;
    }

    private async Task SendAsync(AggregatorClient server, NamedFile weights, bool quiet, CancellationToken cancel)
    {
        if (await server.HasCheckpointAsync(weights.Sha256, cancel)) return;
        if (!quiet) session.Output.MarkupLineInterpolated($"Sending {weights.Path} ({Figures.Bytes(new FileInfo(weights.Path).Length)}).");
        await server.SendCheckpointAsync(weights.Sha256, weights.Path, cancel);
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

    private async Task<Spec> ReadAsync(string file, RunSettings settings, CancellationToken cancel)
    {
        string yaml;
        try
        {
            yaml = await File.ReadAllTextAsync(Path.Combine(session.Folder, file), cancel);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"The spec {file} cannot be read: {error.Message}", error);
        }
        // Whether a spec makes sense can be said before its weights have been fetched from wherever they are published.
        Action<string>? missing = settings.Check ? sentence => session.Error.MarkupLineInterpolated($"[yellow]{sentence}[/]") : null;
        List<string> sets = [.. settings.Sets];
        var weights = await NamedFiles.OfAsync(file, yaml, sets, session.Folder, missing, cancel);
        sets.AddRange(weights.Select(named => $"{named.Key}={ObjectNames.Checkpoint(named.Sha256)}"));
        return new Spec(file, yaml, sets, weights);
    }
}
