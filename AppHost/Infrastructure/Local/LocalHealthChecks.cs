using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireFed.AppHost.Infrastructure.Local;

internal static class LocalHealthChecks
{
    /// <summary>Healthy while something takes connections on the port.</summary>
    public static IResourceBuilder<T> WithTcpHealthCheck<T>(this IResourceBuilder<T> resource, int port)
        where T : IResource
    {
        var key = $"{resource.Resource.Name}-port";
        resource.ApplicationBuilder.Services.AddHealthChecks().AddAsyncCheck(key, async cancel =>
        {
            using var client = new TcpClient();
            try
            {
                await client.ConnectAsync("127.0.0.1", port, cancel);
                return HealthCheckResult.Healthy();
            }
            catch (SocketException e)
            {
                return HealthCheckResult.Unhealthy($"Nothing takes connections at 127.0.0.1:{port}.", e);
            }
        });
        return resource.WithHealthCheck(key);
    }
}
