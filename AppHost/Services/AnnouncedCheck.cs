using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireFed.AppHost.Services;

/// <summary>Healthy once the Aggregator knows the trainer's clients: until then it would refuse experiments with them.</summary>
internal sealed class AnnouncedCheck(EndpointReference aggregator, string trainer, TimeProvider clock) : IHealthCheck
{
    /// <summary>A trainer that hosts no clients, as there are no data or too many trainers, never shows.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly HttpClient Http = new();

    private readonly long _began = clock.GetTimestamp();
    private volatile string? _known;

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        // Said once, it is not asked again: whether the trainer lives, its own health tells.
        if (_known is { } known) return HealthCheckResult.Healthy(known);
        try
        {
            var clients = await Http.GetFromJsonAsync<List<HostedBy>>(
                $"{aggregator.Url}/clients", JsonSerializerOptions.Web, cancellationToken);
            var hosted = clients?.Count(client => client.Trainer == trainer) ?? 0;
            if (hosted > 0) return HealthCheckResult.Healthy(_known = $"Hosts {hosted} clients.");
            return clock.GetElapsedTime(_began) > Patience
                ? HealthCheckResult.Healthy("Hosts no clients.")
                : HealthCheckResult.Unhealthy("The Aggregator has not heard of its clients yet.");
        }
        catch (Exception e) when (e is HttpRequestException or InvalidOperationException or JsonException)
        {
            return HealthCheckResult.Unhealthy("The Aggregator does not answer yet.", e); // or has no address yet
        }
    }

    private sealed record HostedBy(string Trainer);
}
