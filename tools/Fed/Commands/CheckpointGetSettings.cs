using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class CheckpointGetSettings : ServerSettings
{
    [CommandArgument(0, "<id>")]
    [Description("An id, the beginning of one, a name (its newest experiment), or `last`.")]
    public required string Id { get; init; }

    [CommandOption("--stage <STAGE>")]
    [Description("pretrain or finetune; the last that has a round if not given.")]
    public string? Stage { get; init; }

    [CommandOption("--round <NUMBER>")]
    [Description("A committed round; the last if not given. 0 is the stage's start.")]
    public int? Round { get; init; }

    [CommandOption("--out <FILE>")]
    [Description("The new file, ending in .safetensors, .pth or .pt; <id>-<stage>-<round>.safetensors in this folder if not given.")]
    public string? Out { get; init; }

    [CommandOption("--format <FORMAT>")]
    [Description("safetensors or pth, for a file that is not named by --out.")]
    [DefaultValue("safetensors")]
    public string Format { get; init; } = "safetensors";

    [CommandOption("--force")]
    [Description("Replace the new file where there is one.")]
    public bool Force { get; init; }
}
