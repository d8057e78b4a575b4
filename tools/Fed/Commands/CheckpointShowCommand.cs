using AspireFed.Fed.Checkpoints;
using AspireFed.Fed.Display;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class CheckpointShowCommand(FedSession session) : Command<CheckpointShowSettings>
{
    public override int Execute(CommandContext context, CheckpointShowSettings settings, CancellationToken cancellationToken)
    {
        using var checkpoint = InputFile.Open(settings.File, session.Folder);
        CheckpointPage.Write(session.Output, checkpoint);
        return ExitCode.Success;
    }
}
