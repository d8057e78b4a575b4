using System.Text.Json;
using AspireFed.Contracts;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>Prints what the server said as JSON, past the console's wrapping and colours.</summary>
internal static class JsonOutput
{
    public static void Write<T>(IAnsiConsole console, T value) =>
        console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(value, ContractJson.Options));
}
