using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireFed.Aggregator.Leading;

/// <summary>Ready is the leader alone, so that requests go to it.</summary>
public sealed class LeaderHealth(Leadership leadership) : IHealthCheck
{
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(leadership.Leads ? HealthCheckResult.Healthy() : HealthCheckResult.Unhealthy("This aggregator stands by: another one leads."));
}
