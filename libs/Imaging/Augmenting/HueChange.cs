using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>Turns the hue as torchvision does on PIL images: through 8-bit hue, saturation and value, with PIL's roundings.</summary>
public static class HueChange
{
    /// <summary>Turns the hue by a share of the circle, from -0.5 to 0.5, in steps of 1/255.</summary>
    public static RgbImage Turn(RgbImage image, double turn)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(Math.Abs(turn), 0.5, nameof(turn));
        var shift = (int)(turn * 255.0);
        var (source, target) = (image.Pixels, new byte[image.Pixels.Length]);
        for (var i = 0; i < source.Length; i += 3)
        {
            var (hue, saturation, value) = ToHsv(source[i], source[i + 1], source[i + 2]);
            (target[i], target[i + 1], target[i + 2]) = ToRgb((byte)(hue + shift), saturation, value);
        }

        return new RgbImage(image.Width, image.Height, target);
    }

    private static (byte Hue, byte Saturation, byte Value) ToHsv(byte r, byte g, byte b)
    {
        var highest = Math.Max(r, Math.Max(g, b));
        var lowest = Math.Min(r, Math.Min(g, b));
        if (highest == lowest)
            return (0, 0, highest);

        var range = (float)(highest - lowest);
        var (fromR, fromG, fromB) = ((highest - r) / range, (highest - g) / range, (highest - b) / range);
        var sixth = r == highest ? fromB - fromG
            : g == highest ? (float)(2.0 + fromR - fromB)
            : (float)(4.0 + fromG - fromR);
        var turned = (sixth / 6.0) + 1.0;
        var hue = (float)(turned >= 1.0 ? turned - 1.0 : turned);
        return ((byte)(hue * 255.0), (byte)(range / highest * 255.0), highest);
    }

    private static (byte R, byte G, byte B) ToRgb(byte hue, byte saturation, byte value)
    {
        if (saturation == 0)
            return (value, value, value);

        var place = hue * 6.0 / 255.0;
        var sector = (int)place;
        var within = (float)(place - sector);
        var strength = (float)(saturation / 255.0);
        var low = Level(value * (1.0 - strength));
        var falling = Level(value * (1.0 - (strength * within)));
        var rising = Level(value * (1.0 - (strength * (1.0 - within))));
        return (sector % 6) switch
        {
            0 => (value, rising, low),
            1 => (falling, value, low),
            2 => (low, value, rising),
            3 => (low, falling, value),
            4 => (rising, low, value),
            _ => (value, low, falling),
        };
    }

    private static byte Level(double value) => (byte)Math.Clamp((int)(value + 0.5), 0, 255);
}
