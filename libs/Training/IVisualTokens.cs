using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Training;

/// <summary>Where BEiT's targets come from; in the system, the Tokenizer service.</summary>
public interface IVisualTokens
{
    /// <summary>Side in pixels of the pictures that this tokenizer takes for a grid of tokens.</summary>
    Task<int> ImageSizeAsync(TokenizerSpec tokenizer, long seed, int grid, CancellationToken cancel);

    /// <summary>
    /// Tokens for batches of pictures, one answer a batch and in order: [batch * grid * grid]. Reads ahead only as far as back-pressure
    /// allows.
    /// </summary>
    IAsyncEnumerable<int[]> TokenizeAsync(
        TokenizerSpec tokenizer, long seed, int grid, IAsyncEnumerable<IReadOnlyList<RgbImage>> batches, CancellationToken cancel);
}
