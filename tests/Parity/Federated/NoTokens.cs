using AspireFed.Imaging.Pixels;
using AspireFed.Training;

namespace AspireFed.Tests.Parity.Federated;

/// <summary>A tokenizer that is never asked: the tokens are recorded.</summary>
internal sealed class NoTokens : IVisualTokens
{
    public Task<TokenFormat> DescribeAsync(VisualTokenizer tokenizer, CancellationToken cancel) => throw new NotSupportedException();

    public IAsyncEnumerable<int[]> TokenizeAsync(
        VisualTokenizer tokenizer, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches, CancellationToken cancel) =>
        throw new NotSupportedException();
}
