using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>The rules of a round.</summary>
public sealed record FederationSpec
{
    [Range(0, 100_000), Description("Clients asked per round, a seeded sample; 0 asks all.")]
    public int Cohort { get; init; }

    [Range(0, 100_000), Description("Updates that suffice for a commit once the deadline has passed or the others have failed; 0 demands one from every client asked.")]
    public int Quorum { get; init; }

    [Range(0.01, 525_600.0), Description("Minutes after which a round no longer waits.")]
    public double DeadlineMinutes { get; init; } = 1440;

    [Description("What becomes of a client's optimiser state between rounds.")]
    public OptimizerState Optimizer { get; init; } = OptimizerState.Keep;

    [Range(0.0, 100.0), Description("Mu of FedProx (Li et al. 2020): pulls a client's weights towards the round's start; 0 is FedAvg.")]
    public double Proximal { get; init; }
}
