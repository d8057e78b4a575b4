using System.Buffers;
using System.Numerics;
using System.Runtime.Intrinsics;

namespace AspireFed.Imaging.Pixels;

/// <summary>
/// Resizes pictures in two passes of 8-bit fixed-point arithmetic, with results equal to Pillow's (and so to torchvision's on PIL images).
/// </summary>
public static class Resample
{
    private const int Half = 1 << (ResampleWeights.Bits - 1);

    /// <summary>Resizes the whole picture.</summary>
    public static RgbImage Resize(RgbImage image, int width, int height, ResampleFilter filter) =>
        Resize(image, PixelBox.Of(image), width, height, filter);

    /// <summary>Cuts a box out and resizes it; what lies around the box has no influence.</summary>
    public static RgbImage Resize(RgbImage image, PixelBox box, int width, int height, ResampleFilter filter)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(width);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(height);
        Crop.Check(image, box);
        if (box.Width == width && box.Height == height)
            return Crop.Apply(image, box);

        // A row of the intermediate picture holds ints, and room for one lane that a four-lane store writes past its end.
        var stride = (width * 3) + 1;
        var rows = ArrayPool<int>.Shared.Rent(stride * box.Height);
        try
        {
            var squeezed = rows.AsSpan(0, stride * box.Height);
            if (box.Width == width)
                Widen(image, box, squeezed, stride);
            else
                Horizontal(image, box, width, filter, squeezed, stride);

            var pixels = new byte[width * height * 3];
            if (box.Height == height)
                Narrow(squeezed, stride, width * 3, pixels);
            else
                Vertical(squeezed, stride, box.Height, width * 3, height, filter, pixels);
            return new RgbImage(width, height, pixels);
        }
        finally
        {
            ArrayPool<int>.Shared.Return(rows);
        }
    }

    private static void Horizontal(RgbImage image, PixelBox box, int width, ResampleFilter filter, Span<int> rows, int stride)
    {
        using var weights = new ResampleWeights(box.Width, width, filter);
        var buffer = ArrayPool<Vector128<int>>.Shared.Rent(box.Width);
        var pixels = buffer.AsSpan(0, box.Width);
        for (var y = 0; y < box.Height; y++)
        {
            var source = image.Pixels.AsSpan((((box.Top + y) * image.Width) + box.Left) * 3, box.Width * 3);
            for (int x = 0, at = 0; x < pixels.Length; x++, at += 3)
                pixels[x] = Vector128.Create(source[at], source[at + 1], source[at + 2], 0);

            var row = rows.Slice(y * stride, stride);
            for (var x = 0; x < width; x++)
            {
                var taps = weights[x];
                var from = pixels.Slice(weights.Start(x), taps.Length);
                var sum = Vector128.Create(Half);
                for (var i = 0; i < taps.Length; i++)
                    sum += from[i] * taps[i];
                Clip(sum).CopyTo(row[(x * 3)..]);
            }
        }

        ArrayPool<Vector128<int>>.Shared.Return(buffer);
    }

    private static void Vertical(
        ReadOnlySpan<int> rows, int stride, int rowCount, int width, int height, ResampleFilter filter, Span<byte> target)
    {
        using var weights = new ResampleWeights(rowCount, height, filter);
        for (var y = 0; y < height; y++)
        {
            var taps = weights[y];
            var from = rows[(weights.Start(y) * stride)..];
            var row = target.Slice(y * width, width);
            var x = 0;
            for (; x <= width - Vector<byte>.Count; x += Vector<byte>.Count)
            {
                var low = Vector.Narrow(Sum(from, stride, x, taps), Sum(from, stride, x + Vector<int>.Count, taps));
                var high = Vector.Narrow(
                    Sum(from, stride, x + (2 * Vector<int>.Count), taps), Sum(from, stride, x + (3 * Vector<int>.Count), taps));
                Vector.AsVectorByte(Vector.Narrow(low, high)).CopyTo(row[x..]);
            }

            for (; x < width; x++)
            {
                var sum = Half;
                for (var i = 0; i < taps.Length; i++)
                    sum += from[(i * stride) + x] * taps[i];
                row[x] = (byte)Math.Clamp(sum >> ResampleWeights.Bits, 0, 255);
            }
        }
    }

    private static Vector<int> Sum(ReadOnlySpan<int> from, int stride, int x, ReadOnlySpan<int> taps)
    {
        var sum = new Vector<int>(Half);
        for (var i = 0; i < taps.Length; i++)
            sum += new Vector<int>(from[((i * stride) + x)..]) * taps[i];
        return Vector.Min(Vector.Max(sum >> ResampleWeights.Bits, Vector<int>.Zero), new Vector<int>(255));
    }

    private static Vector128<int> Clip(Vector128<int> sum) =>
        Vector128.Min(Vector128.Max(sum >> ResampleWeights.Bits, Vector128<int>.Zero), Vector128.Create(255));

    private static void Widen(RgbImage image, PixelBox box, Span<int> rows, int stride)
    {
        for (var y = 0; y < box.Height; y++)
        {
            var source = image.Pixels.AsSpan((((box.Top + y) * image.Width) + box.Left) * 3, box.Width * 3);
            var row = rows.Slice(y * stride, source.Length);
            for (var i = 0; i < row.Length; i++)
                row[i] = source[i];
        }
    }

    private static void Narrow(ReadOnlySpan<int> rows, int stride, int width, Span<byte> target)
    {
        for (int y = 0, at = 0; at < target.Length; y++)
        {
            foreach (var value in rows.Slice(y * stride, width))
                target[at++] = (byte)value;
        }
    }
}
