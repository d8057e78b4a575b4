using AspireFed.AppHost.Running;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using RabbitMQ.Client;

namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>
/// A RabbitMQ node of its own, fresh in every run since it carries no state. Its port mapper (epmd) is a resource too: left to itself
/// RabbitMQ would start one as a daemon that outlives the run.
/// </summary>
internal static class LocalRabbitMq
{
    private const string User = "aspirefed";

    public static IResourceBuilder<LocalServer> Add(IDistributedApplicationBuilder builder, DataFolder data)
    {
        var ports = FreePorts.Take(3);
        var (port, distribution, mapper) = (ports[0], ports[1], ports[2]);
        var password = Secrets.Make();
        var folder = EmptyFolder(data);
        PrivateFile.Write(Path.Combine(folder, "rabbitmq.conf"), $"""
            listeners.tcp.1 = 127.0.0.1:{port}
            default_user = {User}
            default_pass = {password}
            disk_free_limit.absolute = 50MB
            vm_memory_high_watermark.absolute = 512MB

            """);
        File.WriteAllText(Path.Combine(folder, "enabled_plugins"), "[].\n");

        var epmd = builder.AddExecutable(
                $"{Servers.RabbitMqName}-epmd", LocalCommands.Epmd, folder, "-address", "127.0.0.1", "-port", $"{mapper}")
            .WithTcpHealthCheck(mapper);
        var uri = $"amqp://{User}:{password}@127.0.0.1:{port}";
        builder.Services.AddHealthChecks().AddAsyncCheck("rabbitmq-connection", async cancel =>
        {
            await using var connection = await new ConnectionFactory { Uri = new Uri(uri) }.CreateConnectionAsync(cancel);
            return HealthCheckResult.Healthy();
        });
        var rabbitMq = builder.AddResource(new LocalServer(Servers.RabbitMqName, LocalCommands.RabbitMq, folder, uri))
            .WithEnvironment(context => Environment(context.EnvironmentVariables, folder, port, distribution, mapper))
            .WithEndpoint(port: port, targetPort: port, scheme: "tcp", name: "tcp", isProxied: false)
            .WithHealthCheck("rabbitmq-connection")
            .WaitFor(epmd);
        epmd.WithParentRelationship(rabbitMq);
        return rabbitMq;
    }

    private static void Environment(Dictionary<string, object> variables, string folder, int port, int distribution, int mapper)
    {
        string At(string name) => Path.Combine(folder, name);
        variables["HOME"] = folder;
        variables["RABBITMQ_NODENAME"] = $"aspirefed{port}@localhost";
        variables["RABBITMQ_NODE_IP_ADDRESS"] = "127.0.0.1";
        variables["RABBITMQ_NODE_PORT"] = $"{port}";
        variables["RABBITMQ_DIST_PORT"] = $"{distribution}";
        variables["RABBITMQ_MNESIA_BASE"] = At("mnesia");
        variables["RABBITMQ_LOG_BASE"] = At("log");
        variables["RABBITMQ_LOGS"] = "-";
        variables["RABBITMQ_PID_FILE"] = At("pid");
        variables["RABBITMQ_ENABLED_PLUGINS_FILE"] = At("enabled_plugins");
        variables["RABBITMQ_CONFIG_FILE"] = At("rabbitmq");
        variables["RABBITMQ_CONF_ENV_FILE"] = "none";
        // With this the script becomes the broker instead of waiting for it, so that a signal to it reaches the broker.
        variables["RABBITMQ_ALLOW_INPUT"] = "true";
        variables["RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS"] = "-noinput -kernel inet_dist_use_interface {127,0,0,1}";
        // Never start a port mapper, not even when ours has just ended: it would be a daemon that outlives the run.
        variables["ERL_FLAGS"] = "-start_epmd false";
        variables["ERL_EPMD_ADDRESS"] = "127.0.0.1";
        variables["ERL_EPMD_PORT"] = $"{mapper}";
    }

    private static string EmptyFolder(DataFolder data)
    {
        var folder = data.Of(Servers.RabbitMqName);
        Directory.Delete(folder, recursive: true);
        return data.Of(Servers.RabbitMqName);
    }
}
