namespace AspireFed.Tokenizer.Tokenizing;

/// <summary>
/// Turns images into visual tokens. Another kind of tokenizer comes in by implementing this. Safe for several callers at once.
/// </summary>
internal interface IImageTokenizer
{
    int Vocabulary { get; }

    /// <summary>Side in pixels of the images it takes.</summary>
    int ImageSize { get; }

    /// <param name="pixels">[count, ImageSize, ImageSize, 3], 8-bit RGB.</param>
    /// <returns>[count, grid * grid], row by row.</returns>
    Task<int[]> TokenizeAsync(ReadOnlyMemory<byte> pixels, int count, CancellationToken cancel);
}
