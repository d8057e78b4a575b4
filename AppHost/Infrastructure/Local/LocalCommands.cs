using AspireFed.Contracts;

namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>Where the packages of a Debian or Ubuntu machine put what we run.</summary>
internal static class LocalCommands
{
    public const string Redis = "redis-server";
    // Not /usr/sbin/rabbitmq-server, which changes to the user rabbitmq.
    public const string RabbitMq = "/usr/lib/rabbitmq/bin/rabbitmq-server";
    public const string Epmd = "epmd";
    public const string Memcached = "memcached";
    public const string SwiftRingBuilder = "swift-ring-builder";
    public const string SwiftObjectUpdater = "swift-object-updater"; // of the same package as the object server

    private static readonly (string Command, string Package)[] Needed =
    [
        (Redis, "redis-server"), (RabbitMq, "rabbitmq-server"), (Epmd, "erlang-base"), (Memcached, "memcached"),
        (SwiftRingBuilder, "swift"), (Swift("proxy"), "swift-proxy"), (Swift("account"), "swift-account"),
        (Swift("container"), "swift-container"), (Swift("object"), "swift-object"),
    ];

    public static string Swift(string kind) => $"swift-{kind}-server";

    /// <exception cref="InputException">Names every package that is missing.</exception>
    public static void DemandAll()
    {
        if (!OperatingSystem.IsLinux())
            throw new InputException("Local servers need Linux: start Docker or Podman and choose --infrastructure containers.");
        var missing = Needed.Where(need => !Exists(need.Command)).Select(need => need.Package).ToList();
        if (missing.Count > 0)
        {
            throw new InputException(
                $"Local servers are missing: install them with \"apt-get install {string.Join(' ', missing)}\", " +
                "or start Docker or Podman.");
        }
    }

    private static bool Exists(string command) =>
        Path.IsPathRooted(command)
            ? File.Exists(command)
            : (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator)
                .Any(folder => File.Exists(Path.Combine(folder, command)));
}
