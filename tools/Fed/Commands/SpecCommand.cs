using AspireFed.Specs;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class SpecCommand(FedSession session) : Command
{
    public override int Execute(CommandContext context, CancellationToken cancellationToken)
    {
        session.Output.Profile.Out.Writer.Write(SpecTable.Markdown());
        return ExitCode.Success;
    }
}
