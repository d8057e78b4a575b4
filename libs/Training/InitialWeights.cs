using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Randomness;
using AspireFed.Models;
using AspireFed.Models.Transfer;
using AspireFed.Training.Tasks;
using TorchSharp;

namespace AspireFed.Training;

/// <summary>Makes the weights that a stage starts from (round 0).</summary>
public static class InitialWeights
{
    /// <summary>
    /// Writes a safetensors file: drawn from the experiment's seed, and where the stage starts from an earlier model, with all that the two
    /// have in common (Yan et al., section III-C). A fine-tuning of no rounds takes the earlier model whole, to be evaluated as it is.
    /// </summary>
    /// <param name="classes">Classes of the data set, for the head of a fine-tuning model.</param>
    /// <param name="start">File of the earlier model's weights, of any format, or null.</param>
    /// <returns>What became of the earlier model's tensors, where there is one.</returns>
    /// <exception cref="InputException">The earlier weights are of another family or size, or of no fine-tuned model where one is needed.</exception>
    public static TransferReport? Write(ExperimentRecord experiment, Stage stage, int classes, string? start, string path)
    {
        var spec = experiment.Spec;
        ComputeThreads.Use(spec.Model.Threads);
        using var model = StageModel.Create(spec.Model, spec.Training(stage), classes);
        using var generator = new torch.Generator();
        generator.manual_seed(RandomStream.Derive(spec.Seed, stage.ToName(), "initial-weights").NextSeed());
        model.Initialize(generator);
        var report = start is null ? null
            : spec.Training(stage).Rounds == 0 ? ModelTransfer.Whole(model, start)
            : ModelTransfer.Start(model, start, generator);
        ModelFile.Save(model, path, WeightsMetadata.Of(stage, 0));
        return report;
    }
}
