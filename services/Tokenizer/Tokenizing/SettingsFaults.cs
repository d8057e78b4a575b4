using AspireFed.Contracts.Tokenizing;

namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>The bounds of a tokenizer's settings.</summary>
internal static class SettingsFaults
{
    private const int MostTokensAlongSide = 64;
    private const int LargestVocabulary = 65_536;
    private const int WidestCodebook = 1024;

    /// <summary>What is wrong with them in one sentence, or null.</summary>
    public static string? Of(TokenizerSettings settings) => settings switch
    {
        { Grid: < 1 or > MostTokensAlongSide } =>
            $"The grid is {settings.Grid}; a tokenizer takes 1 to {MostTokensAlongSide} tokens along a side.",
        { Vocabulary: < 2 or > LargestVocabulary } =>
            $"The vocabulary is {settings.Vocabulary}; a tokenizer has 2 to {LargestVocabulary} tokens.",
        { Dimensions: < 1 or > WidestCodebook } =>
            $"The codebook's width is {settings.Dimensions}; a tokenizer takes 1 to {WidestCodebook}.",
        _ => null,
    };
}
