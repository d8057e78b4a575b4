using System.ComponentModel;
using AspireFed.Imaging.Phantoms;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class PhantomCommandSettings : CommandSettings
{
    [CommandOption("--out <FOLDER>")]
    [Description("Folder of the set; without it sets/phantom in the nearest .aspirefed upwards, or in one here.")]
    public string? Out { get; init; }

    [CommandOption("--seed <NUMBER>")]
    [Description("The same seed draws the same pictures.")]
    public long Seed { get; init; } = new PhantomSettings().Seed;

    [CommandOption("--force")]
    [Description("Draw the set again where there is one.")]
    public bool Force { get; init; }
}
