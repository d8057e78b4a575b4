using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Randomness;
using AspireFed.Models;
using AspireFed.Training.Tasks;
using TorchSharp;

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
    /// <exception cref="InputException">The earlier weights are of another family or size.</exception>
    public static void Write(ExperimentRecord experiment, Stage stage, int classes, string? previousStage, string path)
    {
        var spec = experiment.Spec;
        ComputeThreads.Use(spec.Model.Threads);
        using var model = StageModel.Create(spec.Model, spec.Training(stage), classes);
        using var generator = new torch.Generator();
        generator.manual_seed(RandomStream.Derive(spec.Seed, stage.ToName(), "initial-weights").NextSeed());
        model.Initialize(generator);
        if (previousStage is not null && model is ImageClassifier classifier) ModelTransfer.Load(classifier, previousStage, generator);
        ModelFile.Save(model, path, WeightsMetadata.Of(stage, 0));
    }
}
