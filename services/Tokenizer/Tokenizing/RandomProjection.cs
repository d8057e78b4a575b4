using AspireFed.Contracts.Tokenizing;
using AspireFed.Models.Tokenizers;

namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>The tokenizer that needs no weights.</summary>
internal sealed class RandomProjection(TokenizerSettings settings) : IImageTokenizer
{
    private readonly RandomProjectionTokenizer _tokenizer =
        new(settings.Grid, settings.Vocabulary, settings.Dimensions, unchecked((long)settings.Seed));

    public int Vocabulary => _tokenizer.Vocabulary;

    public int ImageSize => _tokenizer.ImageSize;

    public Task<int[]> TokenizeAsync(ReadOnlyMemory<byte> pixels, int count, CancellationToken cancel) =>
        Task.FromResult(_tokenizer.Tokenize(pixels.Span, count));
}
