using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

public sealed class CheckpointShowSettings : CommandSettings
{
    [CommandArgument(0, "<FILE>")]
    [Description("A file of weights: safetensors, or any of PyTorch (.pth, .pt, .bin, .pkl); what it is, is seen from what is in it.")]
    public required string File { get; init; }
}
