using AspireFed.AppHost.Infrastructure.Containers;
using AspireFed.AppHost.Infrastructure.Local;
using AspireFed.AppHost.Running;
using AspireFed.Contracts;

namespace AspireFed.AppHost.Infrastructure;

internal static class ServersExtensions
{
    /// <summary>Adds the three servers and says where they come from.</summary>
    /// <exception cref="InputException">The chosen way is not to be had on this machine.</exception>
    public static async Task<Servers> AddServersAsync(this IDistributedApplicationBuilder builder, RunOptions options, DataFolder data)
    {
        if (!builder.ExecutionContext.IsRunMode) return ContainerServers.Add(builder, options, data);
        var engine = options.Infrastructure == InfrastructureKind.Local ? null : await ContainerEngine.FindAsync();
        switch (options.Infrastructure, engine)
        {
            case (InfrastructureKind.Containers, null):
                throw new InputException(
                    "No container engine answers: start Docker or Podman, or choose --infrastructure local.");
            case (_, { } found):
                Console.WriteLine($"Infrastructure: containers of {found.Name}.");
                builder.Configuration["ASPIRE_CONTAINER_RUNTIME"] ??= found.Name;
                if (options.Fresh) await found.RemoveVolumesAsync(ContainerServers.Volumes(data));
                return ContainerServers.Add(builder, options, data);
            case (InfrastructureKind.Local, _):
                Console.WriteLine("Infrastructure: local servers.");
                return LocalServers.Add(builder, data);
            default:
                Console.WriteLine("Infrastructure: local servers, since no container engine answers.");
                return LocalServers.Add(builder, data);
        }
    }
}
