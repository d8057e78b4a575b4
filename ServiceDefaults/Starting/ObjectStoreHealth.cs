using AspireFed.Contracts;
using AspireFed.Ledger;
using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace AspireFed.ServiceDefaults.Starting;

internal sealed class ObjectStoreHealth(ObjectStoreSettings settings) : IHealthCheck
{
    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        try
        {
            await ObjectStoreReach.TryReachAsync(settings, cancellationToken);
            return HealthCheckResult.Healthy($"The object store at {settings.Address} answers.");
        }
        catch (Exception e) when (e is ObjectStoreException or InputException)
        {
            return HealthCheckResult.Unhealthy(e.Message, e);
        }
    }
}
