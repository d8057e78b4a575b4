using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>From bytes to the numbers a model takes: value / 255, minus the channel's mean, divided by its deviation.</summary>
public static class Normalize
{
    // A value has only 256 states: a table is as exact as the arithmetic and cheaper than it.
    private static readonly float[][] Imagenet = Tables([0.485f, 0.456f, 0.406f], [0.229f, 0.224f, 0.225f]);
    private static readonly float[][] Unit = Tables([0, 0, 0], [1, 1, 1]);
    private static readonly float[][] Retina = Tables([0.5007f, 0.5010f, 0.5019f], [0.0342f, 0.0535f, 0.0484f]);

    /// <summary>Writes a picture as [3, Height, Width].</summary>
    public static void Into(RgbImage image, Normalization normalization, Span<float> chw) => Into(image, chw, normalization switch
    {
        Normalization.Imagenet => Imagenet,
        Normalization.Retina => Retina,
        _ => throw new ArgumentOutOfRangeException(nameof(normalization), normalization, null),
    });

    /// <summary>Writes a picture as [3, Height, Width] of numbers from 0 to 1.</summary>
    public static void ToUnit(RgbImage image, Span<float> chw) => Into(image, chw, Unit);

    private static void Into(RgbImage image, Span<float> chw, float[][] tables)
    {
        var pixels = image.Pixels;
        ArgumentOutOfRangeException.ThrowIfNotEqual(chw.Length, pixels.Length);
        var plane = image.Width * image.Height;
        var red = chw[..plane];
        var green = chw.Slice(plane, plane);
        var blue = chw.Slice(2 * plane, plane);
        var (reds, greens, blues) = (tables[0], tables[1], tables[2]);
        for (int i = 0, at = 0; i < red.Length && at + 2 < pixels.Length; i++, at += 3)
        {
            red[i] = reds[pixels[at]];
            green[i] = greens[pixels[at + 1]];
            blue[i] = blues[pixels[at + 2]];
        }
    }

    private static float[][] Tables(float[] mean, float[] deviation) =>
        [.. Enumerable.Range(0, 3).Select(c =>
            Enumerable.Range(0, 256).Select(value => ((value / 255f) - mean[c]) / deviation[c]).ToArray())];
}
