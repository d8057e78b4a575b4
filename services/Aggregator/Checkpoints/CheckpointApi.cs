using System.Text.RegularExpressions;
using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Mvc;

namespace AspireFed.Aggregator.Checkpoints;

/// <summary>The HTTP API for weights that experiments begin with.</summary>
public static partial class CheckpointApi
{
    private const int LongestName = 255;

    public static void MapCheckpoints(this IEndpointRouteBuilder app)
    {
        var checkpoints = app.MapGroup("/checkpoints").WithTags("Checkpoints").AddEndpointFilter<RouteGroupBuilder, LeaderOnly>();
        checkpoints.MapGet("/{sha256}", FindAsync).WithName("FindCheckpoint").WithSummary("Whether weights of this SHA-256 have been sent");
        checkpoints.MapPut("/{sha256}", TakeAsync).WithName("SendCheckpoint").WithSummary("Send weights")
            .WithDescription("The body is the file. A spec then names them as `checkpoints/<sha256>`, in `init` or `pretrain.tokenizer.weights`.")
            .Accepts<byte[]>("application/octet-stream").WithMetadata(new DisableRequestSizeLimitAttribute());
    }

    private static async Task<Results<Ok<CheckpointRecord>, ProblemHttpResult>> FindAsync(string sha256, SentCheckpoints sent, CancellationToken cancel) =>
        !Hash().IsMatch(sha256) ? NoHash(sha256)
        : await sent.FindAsync(sha256, cancel) is { } record ? TypedResults.Ok(record)
        : TypedResults.Problem($"Nobody has sent weights of the SHA-256 {sha256}.", statusCode: StatusCodes.Status404NotFound);

    private static async Task<Results<Created<CheckpointRecord>, ProblemHttpResult>> TakeAsync(
        string sha256, HttpRequest request, SentCheckpoints sent, CancellationToken cancel, [FromQuery] string file = "")
    {
        if (!Hash().IsMatch(sha256)) return NoHash(sha256);
        try
        {
            var name = new string([.. file.Where(c => !char.IsControl(c)).Take(LongestName)]);
            return TypedResults.Created($"/{ObjectNames.Checkpoint(sha256)}", await sent.TakeAsync(sha256, name, request.Body, cancel));
        }
        catch (InputException e)
        {
            return TypedResults.Problem(e.Message, statusCode: StatusCodes.Status400BadRequest);
        }
    }

    private static ProblemHttpResult NoHash(string text) =>
        TypedResults.Problem($"'{text}' is no SHA-256: 64 lower-case hexadecimal digits.", statusCode: StatusCodes.Status400BadRequest);

    [GeneratedRegex(@"^[0-9a-f]{64}\z")]
    private static partial Regex Hash();
}
