using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;

namespace AspireFed.Training.Tasks;

/// <summary>Which task a stage of an experiment is.</summary>
internal static class LocalTasks
{
    public static LocalTask Create(ModelSpec model, LocalTrainingSpec training, int classes, DecodedImages images, IVisualTokens tokens) =>
        (training, StageModel.Create(model, training, classes)) switch
        {
            (TokenizerTrainingSpec spec, DiscreteVae vae) => new TokenizerTask(vae, spec, images),
            (PretrainSpec spec, Mae mae) => new MaePretrainingTask(mae, spec, images),
            (PretrainSpec spec, BeitPretraining beit) => new BeitPretrainingTask(beit, spec, images, tokens),
            (FinetuneSpec spec, ImageClassifier classifier) => new FinetuningTask(classifier, spec, images),
            _ => throw new ArgumentOutOfRangeException(nameof(training), training, "There is no such task."),
        };
}
