using AspireFed.Models.Tokenizers;

namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>A tokenizer with weights: DALL-E's encoder or a discrete VAE.</summary>
internal sealed class TrainedEncoder(LearnedTokenizer tokenizer) : IImageTokenizer
{
    public int Vocabulary => tokenizer.Vocabulary;

    public int ImageSize => tokenizer.ImageSize;

    public Task<int[]> TokenizeAsync(ReadOnlyMemory<byte> pixels, int count, CancellationToken cancel) =>
        tokenizer.TokenizeAsync(pixels, count, cancel);
}
