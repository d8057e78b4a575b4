using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>
/// Changes brightness, contrast, saturation and hue by random amounts, in a random order each time, each rounding to whole grey levels;
/// what is null is left alone.
/// </summary>
public sealed record ColorJitter(Interval? Brightness, Interval? Contrast, Interval? Saturation, Interval? Hue) : IImageOperation
{
    /// <summary>Brightness, contrast and saturation by factors from 1 - strength to 1 + strength.</summary>
    public static ColorJitter OfStrength(double strength)
    {
        var factor = Interval.AroundOne(strength);
        return new(factor, factor, factor, null);
    }

    public RgbImage Apply(RgbImage image, RandomStream random)
    {
        Span<int> order = [0, 1, 2, 3];
        random.Shuffle(order);
        var (brightness, contrast, saturation, hue) =
            (Brightness?.Draw(random), Contrast?.Draw(random), Saturation?.Draw(random), Hue?.Draw(random));
        foreach (var step in order)
        {
            image = step switch
            {
                0 when brightness is { } factor => ColorChange.Brightness(image, factor),
                1 when contrast is { } factor => ColorChange.Contrast(image, factor),
                2 when saturation is { } factor => ColorChange.Saturation(image, factor),
                3 when hue is { } turn => HueChange.Turn(image, turn),
                _ => image,
            };
        }

        return image;
    }
}
