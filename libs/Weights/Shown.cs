namespace AspireFed.Weights;

/// <summary>Makes text from a file fit to be shown: short, and without characters that steer a terminal.</summary>
internal static class Shown
{
    private const int MaxLength = 200;

    public static string Text(string text)
    {
        var plain = string.Concat(text.Take(MaxLength).Select(c => char.IsControl(c) ? '?' : c));
        return text.Length > MaxLength ? $"{plain}..." : plain;
    }
}
