using System.Buffers;
using AspireFed.Contracts;
using SkiaSharp;

namespace AspireFed.Imaging.Pixels;

/// <summary>
/// Reads image files at their full size: JPEG, PNG, BMP, GIF and WebP, and .npy arrays. Grey becomes three equal channels, alpha is
/// dropped, colour profiles and EXIF orientation are left alone, as the reference's loader (PIL, convert to RGB) has it.
/// </summary>
public static class ImageDecoder
{
    /// <summary>Larger pictures (16,384 squared) are refused rather than let fill the memory.</summary>
    internal const long MostPixels = 1L << 28;

    /// <exception cref="InputException">The file is missing, cut short, or not an image; says which file.</exception>
    public static RgbImage Load(string path)
    {
        byte[] file;
        try
        {
            file = File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"Image '{path}' is missing; put it there or take it out of the lists.", e);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new InputException($"Image '{path}' cannot be read: {e.Message.ReplaceLineEndings(" ")}", e);
        }

        return path.EndsWith(".npy", StringComparison.OrdinalIgnoreCase) ? NpyImage.Read(file, path) : Decode(file, path);
    }

    /// <summary>Decodes a file that is already in memory; <paramref name="name"/> is what an error calls it.</summary>
    public static RgbImage Decode(ReadOnlySpan<byte> file, string name)
    {
        using var data = SKData.CreateCopy(file);
        using var codec = SKCodec.Create(data)
            ?? throw new InputException(file.IsEmpty
                ? $"Image '{name}' is empty; replace it."
                : $"'{name}' is not an image that can be read (JPEG, PNG, BMP, GIF, WebP or .npy), or is cut short; replace it.");

        var (width, height) = (codec.Info.Width, codec.Info.Height);
        if ((long)width * height > MostPixels)
            throw new InputException($"Image '{name}' has {width}x{height} pixels, which is too large; shrink it.");
        // Unpremultiplied and without a colour space: Skia then leaves the stored values as they are.
        var info = new SKImageInfo(width, height, SKColorType.Rgba8888, SKAlphaType.Unpremul);
        var rgba = ArrayPool<byte>.Shared.Rent(info.BytesSize);
        try
        {
            var result = codec.GetPixels(info, rgba);
            return result switch
            {
                SKCodecResult.Success => new RgbImage(width, height, DropAlpha(rgba, width * height)),
                SKCodecResult.IncompleteInput => throw new InputException($"Image '{name}' is cut short; copy it again."),
                _ => throw new InputException($"Image '{name}' is damaged and cannot be decoded ({result}); replace it."),
            };
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rgba);
        }
    }

    private static byte[] DropAlpha(ReadOnlySpan<byte> rgba, int pixels)
    {
        var rgb = new byte[pixels * 3];
        for (int i = 0, from = 0; i < rgb.Length; i += 3, from += 4)
        {
            rgb[i] = rgba[from];
            rgb[i + 1] = rgba[from + 1];
            rgb[i + 2] = rgba[from + 2];
        }

        return rgb;
    }
}
