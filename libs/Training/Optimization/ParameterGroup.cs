using TorchSharp;

namespace AspireFed.Training.Optimization;

/// <summary>Parameters that share weight decay and learning rate.</summary>
/// <param name="LearningRateScale">Factor of the schedule's rate.</param>
public sealed record ParameterGroup(
    double WeightDecay, double LearningRateScale, IReadOnlyList<(string Name, torch.Tensor Value)> Parameters);
