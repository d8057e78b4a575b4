using AspireFed.Contracts.Specs;

namespace AspireFed.Fed.Server;

/// <summary>The members of a problem document (RFC 9457) that matter here.</summary>
internal sealed record ServerProblem
{
    public string? Title { get; init; }

    public string? Detail { get; init; }

    public IReadOnlyList<SpecFault>? Errors { get; init; }
}
