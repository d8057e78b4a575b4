using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AspireFed.Aggregator.Audits;

/// <summary>The audit of an experiment over HTTP.</summary>
public static class AuditApi
{
    public static void MapAudit(this IEndpointRouteBuilder experiments) =>
        experiments.MapGet("/{id}/audit", Run).WithName("AuditExperiment").WithSummary("Holds all objects of an experiment to the chain of its commits")
            .WithDescription("Server-sent events: each round as it has been looked at, and last the experiment's own documents, without a `key`.")
            .Produces<AuditedRound>(contentType: "text/event-stream");

    // Not read: an experiment whose documents no longer can be read is what an audit is for.
    private static Results<ServerSentEventsResult<string>, ProblemHttpResult> Run(
        string id, ExperimentCatalog catalog, ExperimentAudit audit, CancellationToken cancel) =>
        catalog.Contains(id) ? EventStream.Of(audit.RunAsync(id, cancel), round => round, _ => null, cancel) : ExperimentApi.Unknown(id);
}
