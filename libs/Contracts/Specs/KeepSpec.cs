using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>What stays in the object store. Commits, decisions, timings and metrics always do.</summary>
public sealed record KeepSpec
{
    /// <summary>Nothing is ever deleted.</summary>
    public static KeepSpec All { get; } = new() { Last = 1_000_000, Updates = true };

    [Range(1, 1_000_000), Description("Global models of so many last rounds of each stage stay.")]
    public int Last { get; init; } = 3;

    [Range(0, 100_000), Description("Of every so many rounds one global model stays too; 0 keeps none for this reason.")]
    public int Every { get; init; } = 10;

    [Description("Whether the best evaluated model so far stays too, by balanced accuracy and then top-1.")]
    public bool Best { get; init; } = true;

    [Description("Whether the clients' updates stay; otherwise they are deleted once their round is committed.")]
    public bool Updates { get; init; }
}
