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
        var to = OutputFile.Of(settings.To, session.Folder, settings.Force);
        if (!to.Torch && settings.Under is not null)
            throw new InputException("--under is for .pth files only; leave it out, since a .safetensors has no keys above its tensors.");

        using var checkpoint = InputFile.Open(settings.From, session.Folder);
        var conversion = new CheckpointConversion(checkpoint, settings.Take);
        try
        {
            if (to.Torch) conversion.WriteTorch(to.Path, settings.Under, cancellationToken);
            else conversion.WriteSafetensors(to.Path, cancellationToken);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"{to.Path} cannot be written; see to its folder's permissions and free space ({e.Message}).", e);
        }
        session.Output.MarkupLineInterpolated(
            $"{conversion.Tensors.Count} tensors, {Figures.Bytes(conversion.Tensors.Sum(tensor => tensor.Length))}, are in [bold]{to.Path}[/].");
        CheckpointPage.WriteLeftOut(session.Output, conversion.LeftOut);
        return ExitCode.Success;
    }
}
