using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>
/// Federated training of a discrete VAE (Ramesh et al. 2021, section 2.1; the architecture is BEiT's `customized` one), so that BEiT needs
/// no foreign weights. The reference cannot do it; the defaults are our own.
/// </summary>
public sealed record TokenizerTrainingSpec : LocalTrainingSpec
{
    public TokenizerTrainingSpec()
    {
        LearningRate = 1e-3;
        WeightDecay = 0;
        WarmupRounds = 1;
        ClipNorm = 1;
    }

    [Range(2, 65_536), Description("Number of visual tokens; pretrain.tokenizer.vocabulary must be the same.")]
    public int Vocabulary { get; init; } = 8192;

    [Range(1, 4096), Description("Width of the codebook.")]
    public int CodebookWidth { get; init; } = 512;

    [Range(1, 4096), Description("Channels inside encoder and decoder.")]
    public int HiddenWidth { get; init; } = 256;

    [Range(0.01, 100.0), Description("Temperature of the Gumbel softmax at the first step.")]
    public double StartTemperature { get; init; } = 1;

    [Range(0.01, 100.0), Description("The same at the last step; it falls by an equal factor from step to step.")]
    public double EndTemperature { get; init; } = 0.0625;

    [Range(0.0, 100.0), Description("Weight of the divergence from evenly used codes.")]
    public double KlWeight { get; init; }
}
