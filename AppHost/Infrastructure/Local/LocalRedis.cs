using AspireFed.AppHost.Running;
using Microsoft.Extensions.DependencyInjection;

namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>redis-server with its append-only file in the data folder.</summary>
internal static class LocalRedis
{
    public static IResourceBuilder<LocalServer> Add(IDistributedApplicationBuilder builder, DataFolder data)
    {
        var port = FreePorts.Take();
        var password = Secrets.Make();
        var folder = data.Of("redis");
        var connection = $"127.0.0.1:{port},password={password}";
        // In a file, for arguments can be read by everybody on the machine.
        var configuration = PrivateFile.Write(Path.Combine(folder, "redis.conf"), $"""
            bind 127.0.0.1
            port {port}
            requirepass {password}
            dir {folder}
            appendonly yes
            appendfsync everysec
            save ""
            daemonize no

            """);
        builder.Services.AddHealthChecks().AddRedis(_ => connection, "redis-ping");
        return builder.AddResource(new LocalServer(Servers.RedisName, LocalCommands.Redis, folder, connection))
            .WithArgs(configuration)
            .WithEndpoint(port: port, targetPort: port, scheme: "tcp", name: "tcp", isProxied: false)
            .WithHealthCheck("redis-ping");
    }
}
