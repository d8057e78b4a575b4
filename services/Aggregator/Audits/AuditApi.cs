using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AspireFed.Aggregator.Audits;

/// <summary>The audit of an experiment over HTTP.</summary>
public static class AuditApi
{
    private static readonly JsonSerializerOptions OneLine = new(ContractJson.Options) { WriteIndented = false };

    public static void MapAudit(this IEndpointRouteBuilder experiments) =>
        experiments.MapGet("/{id}/audit", RunAsync).WithName("AuditExperiment").WithSummary("Holds all objects of an experiment to the chain of its commits")
            .WithDescription("Server-sent events: each round as it has been looked at, and last the experiment's own documents, without a `key`.")
            .Produces<AuditedRound>(contentType: "text/event-stream");

    private static async Task<Results<ServerSentEventsResult<string>, ProblemHttpResult>> RunAsync(
        string id, ExperimentCatalog catalog, ExperimentAudit audit, CancellationToken cancel)
    {
        await catalog.OpenAsync(cancel);
        // Not read: an experiment whose documents no longer can be read is what an audit is for.
        return catalog.Contains(id) ? TypedResults.ServerSentEvents(Items(audit.RunAsync(id, cancel), cancel)) : ExperimentApi.Unknown(id);
    }

    private static async IAsyncEnumerable<SseItem<string>> Items(IAsyncEnumerable<AuditedRound> rounds, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var round in rounds.WithCancellation(cancel)) yield return new SseItem<string>(JsonSerializer.Serialize(round, OneLine));
    }
}
