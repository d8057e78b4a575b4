using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Training.Tasks;

namespace AspireFed.Training;

/// <summary>The stages as the spec describes them.</summary>
public sealed class StageWork : IStageWork
{
    public TransferReport? WriteInitialWeights(ExperimentRecord experiment, Stage stage, int classes, string? start, string path) =>
        InitialWeights.Write(experiment, stage, classes, start, path);

    public LocalTask CreateTask(
        ModelSpec model, LocalTrainingSpec training, int classes, DecodedImages images, IVisualTokens tokens) =>
        LocalTasks.Create(model, training, classes, images, tokens);
}
