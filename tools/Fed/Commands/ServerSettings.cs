using System.ComponentModel;
using Spectre.Console.Cli;

namespace AspireFed.Fed.Commands;

/// <summary>The options of every command that asks the server.</summary>
public class ServerSettings : CommandSettings
{
    [CommandOption("--server <URL>")]
    [Description("Address of the Aggregator; without it ASPIREFED_SERVER, or the nearest .aspirefed/endpoints.json upwards.")]
    public string? Server { get; init; }

    [CommandOption("--json")]
    [Description("Print JSON instead of tables.")]
    public bool Json { get; init; }
}
