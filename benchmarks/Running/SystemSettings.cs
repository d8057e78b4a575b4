using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Benchmarks.Running;

/// <summary>What a measurement on a system that is up can be told.</summary>
internal class SystemSettings : CommandSettings
{
    [CommandOption("--set")]
    [Description("Changes a value of the spec: key.path=value.")]
    public string[] Sets { get; init; } = [];

    [CommandOption("--server")]
    [Description("The Aggregator's address; found as `fed` finds it if not given.")]
    public string? Server { get; init; }
}
