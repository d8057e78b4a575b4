using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>
/// Brightness, contrast, saturation and grey as PIL computes them: a blend, in single precision and cut to whole grey levels, of the
/// picture with black, with its mean grey, or with itself in grey.
/// </summary>
public static class ColorChange
{
    public static RgbImage Brightness(RgbImage image, double factor) => BlendWithGrey(image, 0, (float)factor);

    public static RgbImage Contrast(RgbImage image, double factor)
    {
        long sum = 0;
        var pixels = image.Pixels;
        for (var i = 0; i < pixels.Length; i += 3)
            sum += Grey(pixels[i], pixels[i + 1], pixels[i + 2]);
        var mean = (int)((sum / (double)(image.Width * image.Height)) + 0.5);
        return BlendWithGrey(image, mean, (float)factor);
    }

    public static RgbImage Saturation(RgbImage image, double factor)
    {
        var alpha = (float)factor;
        var (source, target) = (image.Pixels, new byte[image.Pixels.Length]);
        for (var i = 0; i < source.Length; i += 3)
        {
            var (r, g, b) = (source[i], source[i + 1], source[i + 2]);
            int grey = Grey(r, g, b);
            target[i] = Blend(grey, r, alpha);
            target[i + 1] = Blend(grey, g, alpha);
            target[i + 2] = Blend(grey, b, alpha);
        }

        return new RgbImage(image.Width, image.Height, target);
    }

    /// <summary>The picture in grey, in all three channels.</summary>
    public static RgbImage Grayscale(RgbImage image)
    {
        var (source, target) = (image.Pixels, new byte[image.Pixels.Length]);
        for (var i = 0; i < source.Length; i += 3)
            target[i] = target[i + 1] = target[i + 2] = Grey(source[i], source[i + 1], source[i + 2]);
        return new RgbImage(image.Width, image.Height, target);
    }

    /// <summary>Luma of ITU-R 601-2, in 16-bit fixed point.</summary>
    private static byte Grey(int r, int g, int b) => (byte)(((r * 19595) + (g * 38470) + (b * 7471) + 0x8000) >> 16);

    private static RgbImage BlendWithGrey(RgbImage image, int grey, float alpha)
    {
        Span<byte> table = stackalloc byte[256];
        for (var i = 0; i < table.Length; i++)
            table[i] = Blend(grey, i, alpha);
        var (source, target) = (image.Pixels, new byte[image.Pixels.Length]);
        for (var i = 0; i < source.Length; i++)
            target[i] = table[source[i]];
        return new RgbImage(image.Width, image.Height, target);
    }

    private static byte Blend(int from, int to, float alpha) => (byte)Math.Clamp(from + (alpha * (to - from)), 0f, 255f);
}
