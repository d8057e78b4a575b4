using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class CheckpointConvertSettings : CommandSettings
{
    [CommandArgument(0, "<FROM>")]
    [Description("A file of weights: safetensors, or any of PyTorch.")]
    public required string From { get; init; }

    [CommandArgument(1, "<TO>")]
    [Description("The new file; its name ends in .safetensors, .pth or .pt.")]
    public required string To { get; init; }

    [CommandOption("--take <KEY>")]
    [Description("Take only what lies under this key, such as model, and drop the key from the names.")]
    public string? Take { get; init; }

    [CommandOption("--under <KEY>")]
    [Description("For a .pth: put the tensors under this key, such as model, with the metadata beside it.")]
    public string? Under { get; init; }

    [CommandOption("--force")]
    [Description("Replace the new file where there is one.")]
    public bool Force { get; init; }
}
