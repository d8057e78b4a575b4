using AspireFed.Imaging.Pixels;

namespace AspireFed.Training;

/// <summary>Where BEiT's targets come from; in the system, the Tokenizer service.</summary>
public interface IVisualTokens
{
    Task<TokenFormat> DescribeAsync(VisualTokenizer tokenizer, CancellationToken cancel);

    /// <summary>
    /// Tokens for batches of pictures, one answer a batch and in order: [batch * grid * grid]. Reads ahead only as far as back-pressure
    /// allows.
    /// </summary>
    IAsyncEnumerable<int[]> TokenizeAsync(VisualTokenizer tokenizer, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches, CancellationToken cancel);
}
