using AspireFed.Contracts;
using AspireFed.Fed.Checkpoints;
using AspireFed.Fed.Display;
using AspireFed.Weights;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

/// <summary>Brings a global model to disk, as safetensors or as a checkpoint that the reference's and MAE's own programs load.</summary>
public sealed class CheckpointGetCommand(FedSession session) : AsyncCommand<CheckpointGetSettings>
{
    // Under this key the public checkpoints of BEiT and MAE have their tensors.
    private const string ModelKey = "model";

    public override async Task<int> ExecuteAsync(
        CommandContext context, CheckpointGetSettings settings, CancellationToken cancellationToken)
    {
        var server = session.Connect(settings.Server);
        string id = await server.ResolveAsync(settings.Id, cancellationToken);
        var key = Choose(id, (await server.ShowAsync(id, cancellationToken)).Rounds.Select(view => view.Commit.Decision.Key), settings);
        string name = settings.Out ?? $"{id}-{key.Stage.ToName()}-{key.Round}.{settings.Format.TrimStart('.')}";
        var to = OutputFile.Of(name, session.Folder, settings.Force);
        string model = $"{to.Path}.{Guid.NewGuid():N}.part";
        try
        {
            await server.DownloadModelAsync(key, model, cancellationToken);
            if (to.Torch)
            {
                using var checkpoint = CheckpointFile.Open(model);
                new CheckpointConversion(checkpoint).WriteTorch(to.Path, ModelKey, cancellationToken);
            }
            else
            {
                File.Move(model, to.Path, overwrite: true);
            }
        }
        finally
        {
            File.Delete(model);
        }
        string size = Figures.Bytes(new FileInfo(to.Path).Length);
        session.Output.MarkupLineInterpolated(
            $"The model of {key.Stage.ToName()} round {key.Round}, {size}, is in [bold]{to.Path}[/].");
        return ExitCode.Success;
    }

    private static RoundKey Choose(string id, IEnumerable<RoundKey> committed, CheckpointGetSettings settings)
    {
        string[] stages = [.. Enum.GetValues<Stage>().Select(stage => stage.ToName())];
        if (settings.Stage is { } wanted && !stages.Contains(wanted))
            throw new InputException($"There is no stage `{wanted}`; the stages are {string.Join(", ", stages)}.");
        var rounds = committed.Where(key => settings.Stage is null || key.Stage.ToName() == settings.Stage).ToList();
        if (rounds.Count == 0)
        {
            throw new InputException(
                $"The experiment {id} has no committed round{OfStage(settings)} yet; `fed show {id}` says where it stands.");
        }
        var ofLastStage = rounds.Where(key => key.Stage == rounds.Max(other => other.Stage)).ToList();
        return settings.Round is not { } round
            ? ofLastStage.MaxBy(key => key.Round)!
            : ofLastStage.Find(key => key.Round == round)
                ?? throw new InputException(
                    $"The experiment {id} has no committed round {round}{OfStage(settings)}; the last is {ofLastStage.Max(key => key.Round)}.");
    }

    private static string OfStage(CheckpointGetSettings settings) => settings.Stage is { } stage ? $" of the stage {stage}" : "";
}
