using AspireFed.Contracts;
using AspireFed.Contracts.Documents;

namespace AspireFed.Training;

/// <summary>Makes the weights that a stage starts from (round 0).</summary>
public static class InitialWeights
{
    /// <summary>
    /// Writes a safetensors file: drawn from the experiment's seed, and where the stage follows another, with all that the earlier
    /// stage's model has in common with this one (Yan et al., section III-C).
    /// </summary>
    /// <param name="classes">Classes of the data set, for the head of a fine-tuning model.</param>
    /// <param name="previousStage">Safetensors file of the last global model of the stage before, or null.</param>
    public static void Write(ExperimentRecord experiment, Stage stage, int classes, string? previousStage, string path) => throw new NotImplementedException();
}
