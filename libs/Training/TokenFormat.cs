namespace AspireFed.Training;

/// <summary>What a tokenizer takes and gives.</summary>
/// <param name="ImageSize">Side in pixels of the pictures that it takes.</param>
/// <param name="Vocabulary">Number of its tokens.</param>
public sealed record TokenFormat(int ImageSize, int Vocabulary);
