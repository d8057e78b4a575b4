using AspireFed.Contracts.Specs;

namespace AspireFed.Contracts.Documents;

/// <summary>The machine-readable report of an experiment.</summary>
/// <param name="PretrainLoss">Mean training loss, a number a pre-training round.</param>
/// <param name="FinetuneLoss">The same of fine-tuning.</param>
/// <param name="Evaluations">All evaluated rounds, in order; the last one is the result, since a test set must not choose the round.</param>
public sealed record ExperimentResults(
    string Experiment, ExperimentSpec Spec, IReadOnlyList<double> PretrainLoss, IReadOnlyList<double> FinetuneLoss,
    IReadOnlyList<RoundMetrics> Evaluations, string FinalWeightsSha256, double WallSeconds, long TrainedImages, long BytesMoved)
{
    /// <summary>Mean training loss, a number a round of the tokenizer's stage.</summary>
    public IReadOnlyList<double> TokenizerLoss { get; init; } = [];
}
