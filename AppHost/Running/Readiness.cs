using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireFed.AppHost.Running;

/// <summary>Tells others when the run is ready, and where; and says what keeps it from becoming so.</summary>
internal static class Readiness
{
    public static void WriteEndpointsWhenReady(
        this IDistributedApplicationBuilder builder, IResourceBuilder<IResourceWithEndpoints> aggregator, DataFolder data)
    {
        if (!builder.ExecutionContext.IsRunMode) return;
        builder.Services.AddHostedService(services => new EndpointsFile(
            services.GetRequiredService<ResourceNotificationService>(), services.GetRequiredService<DistributedApplicationModel>(),
            aggregator.GetEndpoint("http"), DashboardSettings.Url(builder.Configuration), data,
            services.GetRequiredService<ILogger<EndpointsFile>>()));
    }

    public static void EndWhenStartFails(this IDistributedApplicationBuilder builder, RunOptions options, DataFolder data)
    {
        if (!builder.ExecutionContext.IsRunMode) return;
        builder.Services.AddHostedService(services => new StartWatch(
            services.GetRequiredService<ResourceNotificationService>(), services.GetRequiredService<ResourceLoggerService>(),
            services.GetRequiredService<IHostApplicationLifetime>(), options, data, services.GetRequiredService<ILogger<StartWatch>>()));
    }
}
