using AspireFed.Contracts;
using Microsoft.Extensions.Configuration;

namespace AspireFed.ServiceDefaults.Starting;

/// <summary>The addresses and secrets of the servers, by name; the AppHost or the deployment sets them.</summary>
internal static class ConnectionStrings
{
    public const string Redis = "redis";
    public const string RabbitMq = "rabbitmq";
    public const string ObjectStore = "objectstore";

    /// <exception cref="InputException">There is none of this name.</exception>
    public static string Need(this IConfiguration configuration, string name) =>
        configuration.GetConnectionString(name) is { Length: > 0 } value
            ? value
            : throw new InputException(
                $"The connection string \"{name}\" is missing: " +
                $"set ConnectionStrings__{name} in the environment (the AppHost does it by itself).");
}
