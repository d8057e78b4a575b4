using AspireFed.Aggregator.Leading;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Lets a request in when this Aggregator leads and has read the ledger; a short while after its start, or during a change of leaders, it waits.</summary>
internal sealed class LeaderOnly(ExperimentCatalog catalog) : IEndpointFilter
{
    /// <exception cref="StandsByException">This Aggregator does not lead.</exception>
    public async ValueTask<object?> InvokeAsync(EndpointFilterInvocationContext context, EndpointFilterDelegate next)
    {
        await catalog.OpenAsync(context.HttpContext.RequestAborted);
        return await next(context);
    }
}
