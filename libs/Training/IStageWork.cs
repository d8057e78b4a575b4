using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Training.Tasks;

namespace AspireFed.Training;

/// <summary>
/// What a stage is about: the weights that it starts from, and the task that its clients train. <see cref="StageWork"/> reads it from the
/// spec; a training that was recorded elsewhere, in shapes that no spec names, brings its own and goes through all else as it is.
/// </summary>
public interface IStageWork
{
    /// <inheritdoc cref="InitialWeights.Write"/>
    TransferReport? WriteInitialWeights(ExperimentRecord experiment, Stage stage, int classes, string? start, string path);

    /// <summary>The model of a stage with its batches and its loss.</summary>
    /// <param name="classes">Classes of the data set, for the head of a fine-tuning model.</param>
    LocalTask CreateTask(ModelSpec model, LocalTrainingSpec training, int classes, DecodedImages images, IVisualTokens tokens);
}
