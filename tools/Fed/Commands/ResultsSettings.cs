using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class ResultsSettings : ServerSettings
{
    [CommandArgument(0, "<id>")]
    [Description("Experiments to compare: ids, their beginnings, names or `last`.")]
    public required string[] Ids { get; init; }

    [CommandOption("--pictures <FOLDER>")]
    [Description("Save the pictures of the reports there: what trained tokenizers keep of test images.")]
    public string? Pictures { get; init; }
}
