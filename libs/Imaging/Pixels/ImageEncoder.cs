using System.Runtime.InteropServices;
using SkiaSharp;

namespace AspireFed.Imaging.Pixels;

/// <summary>Writes pictures as files.</summary>
public static class ImageEncoder
{
    /// <summary>The picture as a PNG file, without loss.</summary>
    public static byte[] Png(RgbImage image)
    {
        var rgba = new byte[image.Width * image.Height * 4];
        for (int from = 0, to = 0; to < rgba.Length; from += 3, to += 4)
        {
            image.Pixels.AsSpan(from, 3).CopyTo(rgba.AsSpan(to));
            rgba[to + 3] = 255;
        }

        var pinned = GCHandle.Alloc(rgba, GCHandleType.Pinned);
        try
        {
            using var map = new SKPixmap(
                new SKImageInfo(image.Width, image.Height, SKColorType.Rgba8888, SKAlphaType.Opaque), pinned.AddrOfPinnedObject());
            using var png = map.Encode(SKPngEncoderOptions.Default)
                ?? throw new InvalidOperationException($"A picture of {image.Width}x{image.Height} could not be encoded.");
            return png.ToArray();
        }
        finally
        {
            pinned.Free();
        }
    }
}
