using AspireFed.AppHost.Running;

namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>
/// The servers as processes of this machine's own packages, on free loopback ports, with secrets made for this run. They end with
/// the run; no daemon of the system is touched.
/// </summary>
internal static class LocalServers
{
    public static Servers Add(IDistributedApplicationBuilder builder, DataFolder data)
    {
        LocalCommands.DemandAll();
        return new Servers(LocalRedis.Add(builder, data), LocalRabbitMq.Add(builder, data), LocalSwift.Add(builder, data));
    }
}
