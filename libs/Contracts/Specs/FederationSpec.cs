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

    [Description("What becomes of an update that comes after its round's commit: refuse, or next, which counts it in the round after.")]
    public LatePolicy Late { get; init; } = LatePolicy.Refuse;

    [Description("Whether clients that are announced after the experiment's creation are asked too: fixed or open.")]
    public Membership Clients { get; init; } = Membership.Fixed;

    [Range(0, 100_000), Description("Rounds of a stage without an update after which a client is no longer asked in it; 0 asks it for ever.")]
    public int DropAfter { get; init; }

    [Description("What becomes of a client's optimiser state between rounds.")]
    public OptimizerState Optimizer { get; init; } = OptimizerState.Keep;

    [Range(0.0, 100.0), Description("Mu of FedProx (Li et al. 2020): pulls a client's weights towards the round's start; 0 is FedAvg.")]
    public double Proximal { get; init; }
}
