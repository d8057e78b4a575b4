namespace AspireFed.Weights;

/// <summary>Makes text from a file fit to be shown: short, and without characters that steer a terminal.</summary>
internal static class Shown
{
    private const int MaxLength = 200;

    private const int MaxSentence = 600;

    /// <summary>A name or value.</summary>
    public static string Text(string text) => Plain(text, MaxLength);

    /// <summary>A sentence in which names and values stand.</summary>
    public static string Sentence(string text) => Plain(text, MaxSentence);

    private static string Plain(string text, int maxLength)
    {
        var plain = string.Concat(text.Take(maxLength).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > maxLength ? $"{plain}..." : plain;
    }
}
