using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>Supervised training of the classifier, from the pre-trained weights or from scratch (Yan et al., section IV).</summary>
public sealed record FinetuneSpec : LocalTrainingSpec
{
    [Range(0.0, 1.0), Description("Share of the labels that is used, per client and class, at least one image each.")]
    public double LabelFraction { get; init; } = 1.0;

    [Range(0.01, 1.0), Description("Factor of the learning rate from each layer to the one below it; 1 trains all alike.")]
    public double LayerDecay { get; init; } = 0.65;

    [Range(0.0, 0.99), Description("Probability that is spread evenly over all classes.")]
    public double LabelSmoothing { get; init; } = 0.1;

    [Range(0.0, 10.0), Description("Tau of logit adjustment by a client's own class shares (Menon et al. 2021), for balanced accuracy under skewed labels; 0 turns it off.")]
    public double LogitAdjustment { get; init; }

    [Range(0.0, 100.0), Description("Alpha of mixup's Beta distribution; 0 turns it off.")]
    public double Mixup { get; init; }

    [Range(0.0, 100.0), Description("Alpha of cutmix's Beta distribution; 0 turns it off.")]
    public double Cutmix { get; init; }

    [Range(0.0, 1.0), Description("Probability that a batch is mixed at all.")]
    public double MixProbability { get; init; } = 1.0;

    [Range(0.0, 1.0), Description("Probability of cutmix where both are on.")]
    public double SwitchProbability { get; init; } = 0.5;

    /// <summary>The defaults of a family's fine-tuning.</summary>
    public static FinetuneSpec For(ModelFamily family) => family switch
    {
        ModelFamily.Mae => new()
        {
            LearningRate = 3e-3,
            LearningRateScaling = LearningRateScaling.Batch,
            MinLearningRate = 1e-6,
            DropPath = 0.1,
            Mixup = 0.8,
            Cutmix = 1.0,
        },
        ModelFamily.Beit => new()
        {
            LearningRate = 3e-3,
            MinLearningRate = 1e-6,
            ClipNorm = 3.0,
            DropPath = 0.2,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
    };
}
