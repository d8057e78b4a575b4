using AspireFed.Contracts;
using AspireFed.Fed.Checkpoints;
using AspireFed.Fed.Display;
using AspireFed.Weights;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class CheckpointConvertCommand(FedSession session) : Command<CheckpointConvertSettings>
{
    public override int Execute(CommandContext context, CheckpointConvertSettings settings, CancellationToken cancellationToken)
    {
        string to = Path.GetFullPath(settings.To, session.Folder);
        bool torch = IsTorch(settings.To);
        if (!torch && settings.Under is not null)
            throw new InputException("--under is for .pth files only; leave it out, since a .safetensors has no keys above its tensors.");
        if (Directory.Exists(to)) throw new InputException($"{to} is a folder; give the name of a file.");
        if (File.Exists(to) && !settings.Force)
            throw new InputException($"{to} is there already; replace it with --force, or give another name.");
        if (!Directory.Exists(Path.GetDirectoryName(to))) throw new InputException($"There is no folder for {to}; make it first.");

        using var checkpoint = InputFile.Open(settings.From, session.Folder);
        var conversion = new CheckpointConversion(checkpoint, settings.Take);
        try
        {
            if (torch) conversion.WriteTorch(to, settings.Under, cancellationToken);
            else conversion.WriteSafetensors(to, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{to} cannot be written; see to its folder's permissions and free space ({e.Message}).", e);
        }
        session.Output.MarkupLineInterpolated(
            $"{conversion.Tensors.Count} tensors, {Figures.Bytes(conversion.Tensors.Sum(tensor => tensor.Length))}, are in [bold]{to}[/].");
        CheckpointPage.WriteLeftOut(session.Output, conversion.LeftOut);
        return ExitCode.Success;
    }

    private static bool IsTorch(string to) => Path.GetExtension(to).ToLowerInvariant() switch
    {
        ".pth" or ".pt" => true,
        ".safetensors" => false,
        _ => throw new InputException($"The name {to} does not say into what to convert; let it end in .safetensors, .pth or .pt."),
    };
}
