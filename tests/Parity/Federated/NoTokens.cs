using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Training;

namespace AspireFed.Tests.Parity.Federated;

/// <summary>A tokenizer that is never asked: the tokens are recorded.</summary>
internal sealed class NoTokens : IVisualTokens
{
    public Task<int> ImageSizeAsync(TokenizerSpec tokenizer, long seed, int grid, CancellationToken cancel) =>
        throw new NotSupportedException();

    public IAsyncEnumerable<int[]> TokenizeAsync(
        TokenizerSpec tokenizer, long seed, int grid, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches, CancellationToken cancel) =>
        throw new NotSupportedException();
}
