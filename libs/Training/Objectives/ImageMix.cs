using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;

namespace AspireFed.Training.Objectives;

/// <summary>How a batch is mixed with its own reverse.</summary>
/// <param name="Share">Share of the original in the target.</param>
/// <param name="Box">Part of the picture that is taken from the partner (cutmix); null blends the whole picture (mixup).</param>
public sealed record ImageMix(double Share, ImageMix.Rectangle? Box)
{
    /// <summary>Rows [Top, Bottom) and columns [Left, Right).</summary>
    public sealed record Rectangle(int Top, int Bottom, int Left, int Right);

    /// <summary>A batch that stays as it is.</summary>
    public static ImageMix None { get; } = new(1, null);

    /// <summary>Draws one mix for a whole batch (Zhang et al., 2018; Yun et al., 2019).</summary>
    public static ImageMix Draw(FinetuneSpec spec, int height, int width, RandomStream random)
    {
        if ((spec.Mixup == 0 && spec.Cutmix == 0) || random.NextDouble() >= spec.MixProbability) return None;
        var cut = spec.Mixup == 0 || (spec.Cutmix > 0 && random.NextDouble() < spec.SwitchProbability);
        if (!cut) return new ImageMix(Beta(spec.Mixup, random), null);
        return Cut(Beta(spec.Cutmix, random), random.NextInt32(height), random.NextInt32(width), height, width);
    }

    /// <summary>A box of area 1 - share around a centre, cut off at the border; its real area decides the share.</summary>
    public static ImageMix Cut(double share, int centreRow, int centreColumn, int height, int width)
    {
        var side = Math.Sqrt(1 - share);
        int halfHeight = (int)(height * side) / 2, halfWidth = (int)(width * side) / 2;
        var box = new Rectangle(
            Math.Max(0, centreRow - halfHeight), Math.Min(height, centreRow + halfHeight),
            Math.Max(0, centreColumn - halfWidth), Math.Min(width, centreColumn + halfWidth));
        return new ImageMix(1 - ((box.Bottom - box.Top) * (box.Right - box.Left) / (double)(height * width)), box);
    }

    /// <summary>Beta(alpha, alpha) as the share of one of two gamma variates.</summary>
    private static double Beta(double alpha, RandomStream random)
    {
        double one = Gamma(alpha, random), other = Gamma(alpha, random);
        return one + other == 0 ? 0.5 : one / (one + other);
    }

    /// <summary>Marsaglia and Tsang, 2000; shapes below 1 by the power of a uniform.</summary>
    private static double Gamma(double shape, RandomStream random)
    {
        if (shape < 1) return Gamma(shape + 1, random) * Math.Pow(1 - random.NextDouble(), 1 / shape);
        var d = shape - (1.0 / 3);
        while (true)
        {
            var x = random.NextGaussian();
            var v = Math.Pow(1 + (x / Math.Sqrt(9 * d)), 3);
            if (v > 0 && Math.Log(1 - random.NextDouble()) < (0.5 * x * x) + (d * (1 - v + Math.Log(v)))) return d * v;
        }
    }
}
