using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

/// <summary>The options of a command about one experiment.</summary>
public sealed class ExperimentSettings : ServerSettings
{
    [CommandArgument(0, "<id>")]
    [Description("An id, the beginning of one, a name (its newest experiment), or `last`.")]
    public required string Id { get; init; }
}
