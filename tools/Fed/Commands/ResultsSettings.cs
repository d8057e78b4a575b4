using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class ResultsSettings : ServerSettings
{
    [CommandArgument(0, "<id>")]
    [Description("Experiments to compare: ids, their beginnings, names or `last`.")]
    public required string[] Ids { get; init; }
}
