using System.Text.Json;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireFed.AppHost.Running;

/// <summary>
/// Leaves <c>endpoints.json</c> in the data folder once every service is healthy; the command line finds the system by it.
/// </summary>
internal sealed class EndpointsFile(
    ResourceNotificationService notifications, DistributedApplicationModel model, EndpointReference aggregator, string? dashboard,
    DataFolder data, ILogger<EndpointsFile> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        // A resource that fails is started again by hand in the dashboard, so waiting goes on.
        await Task.WhenAll(model.Resources.Where(resource => resource is ProjectResource).Select(resource =>
            notifications.WaitForResourceHealthyAsync(resource.Name, WaitBehavior.WaitOnResourceUnavailable, stoppingToken)));
        var content = JsonSerializer.Serialize(new { aggregator = aggregator.Url, dashboard }, JsonSerializerOptions.Web);
        var part = $"{data.Endpoints}.part";
        await File.WriteAllTextAsync(part, content, stoppingToken);
        File.Move(part, data.Endpoints, overwrite: true);
        logger.LogInformation("Ready: the aggregator is at {Aggregator}, the dashboard at {Dashboard}", aggregator.Url, dashboard);
    }
}
