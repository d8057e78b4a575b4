using System.Text.Json;
using AspireFed.Contracts;

namespace AspireFed.Fed.Server;

/// <summary>Finds the Aggregator: by option, by environment, or by the file that a running AppHost leaves in its data folder.</summary>
public static class ServerAddress
{
    public const string Variable = "ASPIREFED_SERVER";

    private const string File = ".aspirefed/endpoints.json";

    /// <exception cref="InputException">No address is known, or it is none.</exception>
    public static Uri Find(string? option, string? variable, string folder)
    {
        if (!string.IsNullOrWhiteSpace(option)) return Parse(option, "--server");
        if (!string.IsNullOrWhiteSpace(variable)) return Parse(variable, Variable);
        for (string? at = Path.GetFullPath(folder); at is not null; at = Path.GetDirectoryName(at))
        {
            string file = Path.Combine(at, File);
            if (System.IO.File.Exists(file)) return Parse(AggregatorOf(file), file);
        }
        throw new InputException(
            $"No server is known: {File} is neither in {folder} nor above it; start one with `./run`, or name one with --server.");
    }

    private static string AggregatorOf(string file)
    {
        try
        {
            using var endpoints = JsonDocument.Parse(System.IO.File.ReadAllText(file));
            return endpoints.RootElement.GetProperty("aggregator").GetString() ?? "";
        }
        catch (Exception error) when (error is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new InputException($"{file} does not say where the Aggregator is; start the AppHost again, or give --server.", error);
        }
    }

    private static Uri Parse(string text, string source)
    {
        string url = text.Contains("://", StringComparison.Ordinal) ? text : $"http://{text}";
        return Uri.TryCreate(url.TrimEnd('/') + "/", UriKind.Absolute, out Uri? address) && address.Scheme is ("http" or "https")
            ? address
            : throw new InputException($"`{text}` ({source}) is not the address of a server; give one such as http://127.0.0.1:8080.");
    }
}
