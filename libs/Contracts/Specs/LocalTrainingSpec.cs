using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>What all stages have in common: rounds, batches, schedule, optimiser and augmentation of a client's local training.</summary>
public abstract record LocalTrainingSpec
{
    [Range(0, 100_000), Description("Rounds of the stage; a round ends with one average. 0 is for `finetune` alone: it evaluates the fine-tuned weights of `init` as they are.")]
    public int Rounds { get; init; } = 100;

    [Range(1, 1000), Description("Passes over a client's images in one round.")]
    public int LocalEpochs { get; init; } = 1;

    [Range(1, 65_536), Description("Images a step; every client needs at least so many, and an incomplete last batch is dropped.")]
    public int BatchSize { get; init; } = 64;

    [Range(0.0, 10.0), Description("Peak learning rate; see learningRateScaling.")]
    public double LearningRate { get; init; }

    [Description("`batch` multiplies learningRate by batchSize / 256 (MAE's base rate), `none` takes it as it is.")]
    public LearningRateScaling LearningRateScaling { get; init; }

    [Range(0.0, 10.0), Description("Learning rate at the end of the cosine.")]
    public double MinLearningRate { get; init; }

    [Range(0.0, 100_000.0), Description("Rounds of linear warm-up from 0.")]
    public double WarmupRounds { get; init; } = 5;

    [Range(0.0, 10.0), Description("AdamW's weight decay; biases, norms and tokens have none.")]
    public double WeightDecay { get; init; } = 0.05;

    [Range(0.0, 1.0), Description("AdamW's memory of the gradient.")]
    public double Beta1 { get; init; } = 0.9;

    [Range(0.0, 1.0), Description("AdamW's memory of the squared gradient.")]
    public double Beta2 { get; init; } = 0.999;

    [Range(0.0, 1000.0), Description("Largest norm of the gradient; 0 does not clip.")]
    public double ClipNorm { get; init; }

    [Range(0.0, 0.99), Description("Drop path of the last block; the others rise to it linearly from 0.")]
    public double DropPath { get; init; }

    [Description("The reference's augmentations of this stage, by the name of the set they were made for.")]
    public AugmentationPreset Augmentation { get; init; } = AugmentationPreset.Derm;

    /// <summary>The learning rate that the schedule peaks at.</summary>
    public double PeakLearningRate() =>
        LearningRateScaling == LearningRateScaling.Batch ? LearningRate * BatchSize / 256.0 : LearningRate;
}
