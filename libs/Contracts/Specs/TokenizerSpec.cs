using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>Chooses the tokenizer behind the Tokenizer service.</summary>
public sealed record TokenizerSpec
{
    [Description("`random-projection` needs no weights (BEST-RQ, Chiu et al. 2022).")]
    public TokenizerKind Kind { get; init; } = TokenizerKind.RandomProjection;

    [Range(2, 65_536), Description("Number of visual tokens.")]
    public int Vocabulary { get; init; } = 8192;

    [Range(1, 1024), Description("Width of the codebook.")]
    public int Dimensions { get; init; } = 16;
}
