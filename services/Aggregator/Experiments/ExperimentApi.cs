using AspireFed.Aggregator.Audits;
using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AspireFed.Aggregator.Experiments;

/// <summary>The HTTP API: experiments and clients.</summary>
public static class ExperimentApi
{
    private const int LongestSpec = 1 << 20;

    public static void MapExperiments(this IEndpointRouteBuilder app)
    {
        var experiments = app.MapGroup("/experiments").WithTags("Experiments").AddEndpointFilter<RouteGroupBuilder, LeaderOnly>();
        experiments.MapPost("/", CreateAsync).WithName("CreateExperiment")
            .Accepts<string>("application/yaml", "application/json", "text/plain")
            .WithSummary("Create an experiment")
            .WithDescription("The body is a spec in YAML or JSON. `set=key.path=value` overrides a value and may be repeated; `check=true` only checks. "
                + "All faults of a spec are reported at once, in the extension `errors` of the problem.");
        experiments.MapGet("/", List).WithName("ListExperiments").WithSummary("All experiments, the newest first");
        experiments.MapGet("/{id}", ShowAsync).WithName("ShowExperiment").WithSummary("An experiment: its spec, open round, committed rounds and metrics");
        experiments.MapGet("/{id}/events", FollowAsync).WithName("FollowExperiment").WithSummary("The story of an experiment as server-sent events, to its end")
            .WithDescription("Resumes after the header `Last-Event-ID`.").Produces<ExperimentEvent>(contentType: "text/event-stream");
        experiments.MapGet("/{id}/results", ResultsAsync).WithName("ShowResults").WithSummary("The results of an experiment that is complete");
        experiments.MapGet("/{id}/report/reconstructions.png", ReconstructionsAsync).WithName("ShowReconstructions")
            .WithSummary("Test images, and below each what its visual tokens alone tell, for an experiment that trained a tokenizer")
            .Produces<byte[]>(contentType: "image/png");
        experiments.MapGet("/{id}/models/{stage}/{round:int}", ModelAsync).WithName("DownloadModel").WithSummary("The global model of a committed round, as safetensors")
            .WithDescription("Its SHA-256 comes in the header `Repr-Digest` (RFC 9530).").Produces<byte[]>(contentType: "application/octet-stream");
        experiments.MapAudit();
        experiments.MapPost("/{id}/cancel", CancelAsync).WithName("CancelExperiment").WithSummary("Stop an experiment");
        app.MapGet("/clients", (ClientRegistry registry) => registry.Views()).WithTags("Clients").WithName("ListClients")
            .WithSummary("The clients that trainers have announced, with the time when they were last heard");
    }

    private static async Task<Results<Created<ExperimentSummary>, Ok<ExperimentSummary>, ProblemHttpResult>> CreateAsync(
        HttpRequest request, ExperimentCreation creation, CancellationToken cancel,
        [FromQuery] string[]? set = null, bool check = false)
    {
        if (request.ContentLength > LongestSpec) return Problem(StatusCodes.Status413PayloadTooLarge, $"A spec has at most {LongestSpec} bytes.");
        using var body = new StreamReader(request.Body);
        var verdict = await creation.CheckAsync(await body.ReadToEndAsync(cancel), set ?? [], weightsMustBeThere: !check, cancel);
        if (verdict.Faults.Count > 0) return Faults(verdict.Faults);
        if (check) return TypedResults.Ok(new ExperimentHistory(creation.Draft(verdict), new ObjectRef("", "", 0)).Summary());
        var history = await creation.CreateAsync(verdict, cancel);
        return TypedResults.Created($"/experiments/{history.Id}", history.Summary());
    }

    private static Ok<IReadOnlyList<ExperimentSummary>> List(ExperimentCatalog catalog) => TypedResults.Ok(catalog.Summaries());

    private static async Task<Results<Ok<ExperimentView>, ProblemHttpResult>> ShowAsync(
        string id, ExperimentCatalog catalog, RoundBoard board, ILiveView live, CancellationToken cancel)
    {
        if (await catalog.FindAsync(id, cancel) is not { } history) return Unknown(id);
        var clients = history.Outcome is not null ? [] : board.Find(id)?.Progress() ?? await live.ClientsAsync(id, cancel);
        return TypedResults.Ok(new ExperimentView(history.Summary(), history.Record.Spec, clients, history.Rounds, history.Evaluations));
    }

    private static async Task<Results<ServerSentEventsResult<string>, ProblemHttpResult>> FollowAsync(
        string id, ExperimentCatalog catalog, StoryReader reader, CancellationToken cancel,
        [FromHeader(Name = "Last-Event-ID")] string? after = null)
    {
        if (await catalog.FindAsync(id, cancel) is not { } history) return Unknown(id);
        return EventStream.Of(reader.FollowAsync(history, after ?? "", cancel), live => live.Event, live => live.Id, cancel);
    }

    private static async Task<Results<Ok<ExperimentResults>, ProblemHttpResult>> ResultsAsync(
        string id, ExperimentCatalog catalog, ExperimentLedger ledger, CancellationToken cancel)
    {
        if (await catalog.FindAsync(id, cancel) is not { } history) return Unknown(id);
        if (await ledger.ReadAsync<ExperimentResults>(ObjectNames.Results(id), cancel) is { } results) return TypedResults.Ok(results);
        var summary = history.Summary();
        return Problem(StatusCodes.Status404NotFound, $"The experiment '{id}' has no results"
            + (history.Outcome is null ? $" yet: it is {summary.State.ToString().ToLowerInvariant()}." : $": it ended without them. {summary.Reason}"));
    }

    private static async Task<Results<FileContentHttpResult, ProblemHttpResult>> ReconstructionsAsync(
        string id, ExperimentCatalog catalog, IObjectStore store, CancellationToken cancel)
    {
        if (await catalog.FindAsync(id, cancel) is null) return Unknown(id);
        return await store.GetAsync(ObjectNames.Reconstructions(id), cancel) is { } picture
            ? TypedResults.File(picture, "image/png")
            : Problem(StatusCodes.Status404NotFound, $"The experiment '{id}' has no picture of reconstructions: it trained no tokenizer, its spec does not say `evaluate.pictures: true`, or it is not complete.");
    }

    private static async Task<Results<FileStreamHttpResult, ProblemHttpResult>> ModelAsync(
        string id, string stage, int round, ExperimentCatalog catalog, GlobalModels models, HttpResponse response, CancellationToken cancel)
    {
        if (await catalog.FindAsync(id, cancel) is not { } history) return Unknown(id);
        var commit = history.Rounds.Select(view => view.Commit)
            .FirstOrDefault(commit => commit.Decision.Key.Stage.ToName() == stage && commit.Decision.Key.Round == round);
        if (commit is null) return Problem(StatusCodes.Status404NotFound, $"The experiment '{id}' has no committed round {round} of the stage '{stage}'.");
        try
        {
            var content = await models.OpenAsync(commit.Global, cancel);
            response.Headers["Repr-Digest"] = $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(commit.Global.Sha256))}:";
            return TypedResults.Stream(content, "application/octet-stream", $"{id}-{stage}-{round}.safetensors");
        }
        catch (ObjectStoreException)
        {
            if (await models.WhyDroppedAsync(history, commit.Decision.Key, cancel) is { } reason) return Problem(StatusCodes.Status410Gone, reason);
            throw;
        }
    }

    private static async Task<Results<Accepted, ProblemHttpResult>> CancelAsync(
        string id, ExperimentCatalog catalog, ExperimentCancellation cancellation, CancellationToken cancel)
    {
        if (await catalog.FindAsync(id, cancel) is not { } history) return Unknown(id);
        if (history.Outcome is not null) return Problem(StatusCodes.Status409Conflict, $"The experiment '{id}' has ended already.");
        await cancellation.CancelAsync(history, cancel);
        return TypedResults.Accepted($"/experiments/{id}");
    }

    internal static ProblemHttpResult Unknown(string id) => Problem(StatusCodes.Status404NotFound, $"There is no experiment '{id}'.");

    private static ProblemHttpResult Problem(int status, string detail) => TypedResults.Problem(detail, statusCode: status);

    private static ProblemHttpResult Faults(IReadOnlyList<SpecFault> faults) => TypedResults.Problem(
        $"The spec has {faults.Count} fault{(faults.Count == 1 ? "" : "s")}.", statusCode: StatusCodes.Status400BadRequest, title: "The spec is not valid.",
        extensions: [new("errors", faults)]);
}
