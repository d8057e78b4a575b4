using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;

namespace AspireFed.Contracts.Views;

/// <summary>All that the live view knows of an experiment.</summary>
/// <param name="Clients">The clients of the round that is open, with their progress.</param>
/// <param name="Rounds">The committed rounds, oldest first.</param>
public sealed record ExperimentView(
    ExperimentSummary Summary, ExperimentSpec Spec, IReadOnlyList<ClientProgress> Clients, IReadOnlyList<RoundView> Rounds, IReadOnlyList<RoundMetrics> Evaluations);
