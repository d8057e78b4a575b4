using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>Masked image modelling on unlabelled images (Yan et al., section III; defaults from their Table I and scripts).</summary>
public sealed record PretrainSpec : LocalTrainingSpec
{
    [Range(0.05, 0.95), Description("Share of the patches that is removed; MAE draws them singly, BEiT in blocks and at most so many.")]
    public double MaskRatio { get; init; } = 0.6;

    [Description("Whether MAE reconstructs patches normalised by their own mean and deviation.")]
    public bool NormPixLoss { get; init; } = true;

    [Description("Where BEiT's visual tokens come from.")]
    public TokenizerSpec Tokenizer { get; init; } = new();

    /// <summary>The defaults of a family's pre-training.</summary>
    public static PretrainSpec For(ModelFamily family) => family switch
    {
        ModelFamily.Mae => new()
        {
            Rounds = 1600,
            LearningRate = 1.5e-3,
            LearningRateScaling = LearningRateScaling.Batch,
            WarmupRounds = 40,
            Beta2 = 0.95,
        },
        ModelFamily.Beit => new()
        {
            Rounds = 1000,
            LearningRate = 2e-3,
            MinLearningRate = 1e-5,
            WarmupRounds = 10,
            ClipNorm = 3.0,
            DropPath = 0.1,
            MaskRatio = 0.4,
        },
        _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
    };
}
