using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>Chooses the tokenizer behind the Tokenizer service.</summary>
public sealed record TokenizerSpec
{
    [Description("`random-projection` needs no weights (BEST-RQ, Chiu et al. 2022); `dall-e` is OpenAI's encoder; `dvae` is BEiT's own discrete VAE, from a file or from the stage `tokenizer`.")]
    public TokenizerKind Kind { get; init; } = TokenizerKind.RandomProjection;

    [Description("Weights of `dall-e` or `dvae`: a file beside the spec, or an object `checkpoints/...`; empty for the tokenizer that the stage before has trained.")]
    public string Weights { get; init; } = "";

    [Range(2, 65_536), Description("Number of visual tokens.")]
    public int Vocabulary { get; init; } = 8192;

    [Range(1, 1024), Description("Width of the codebook of `random-projection`.")]
    public int Dimensions { get; init; } = 16;
}
