using AspireFed.Contracts.Specs;
using AspireFed.Models;

namespace AspireFed.Training.Tasks;

/// <summary>Which model a stage of an experiment trains.</summary>
internal static class StageModel
{
    /// <param name="classes">Used by fine-tuning only.</param>
    public static VisionModel Create(ModelSpec model, LocalTrainingSpec training, int classes)
    {
        var shape = ModelShape.For(model.Size);
        return (training, model.Family) switch
        {
            (TokenizerTrainingSpec tokenizer, _) => new DiscreteVae(
                shape.Grid, tokenizer.Vocabulary, tokenizer.CodebookWidth, tokenizer.HiddenWidth),
            (PretrainSpec, ModelFamily.Mae) => new Mae(shape),
            (PretrainSpec pretrain, ModelFamily.Beit) => new BeitPretraining(
                shape, pretrain.Tokenizer.Vocabulary,
                BeitOptions.Pretraining with { LayerScale = model.LayerScale, DropPath = pretrain.DropPath }),
            (FinetuneSpec, ModelFamily.Mae) => new VisionTransformer(shape, classes, training.DropPath),
            (FinetuneSpec, ModelFamily.Beit) => new BeitClassifier(
                shape, classes, BeitOptions.Classification with { LayerScale = model.LayerScale, DropPath = training.DropPath }),
            _ => throw new ArgumentOutOfRangeException(nameof(training), training, "There is no such model."),
        };
    }
}
