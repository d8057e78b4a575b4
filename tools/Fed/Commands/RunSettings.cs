using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class RunSettings : ServerSettings
{
    [CommandArgument(0, "<spec.yaml>")]
    [Description("Specs of experiments; `fed spec` prints their keys.")]
    public required string[] Files { get; init; }

    [CommandOption("--set <KEY=VALUE>")]
    [Description("Lay a value over the specs, such as pretrain.rounds=2; may be repeated.")]
    public string[] Sets { get; init; } = [];

    [CommandOption("--watch")]
    [Description("Follow the experiments to their end and compare their results.")]
    public bool Watch { get; init; }

    [CommandOption("--check")]
    [Description("Only check the specs.")]
    public bool Check { get; init; }
}
