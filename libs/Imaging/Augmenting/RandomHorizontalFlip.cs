using System.Runtime.InteropServices;
using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>Swaps left and right, with a probability.</summary>
public sealed record RandomHorizontalFlip(double Probability = 0.5) : IImageOperation
{
    public RgbImage Apply(RgbImage image, RandomStream random) => random.NextDouble() < Probability ? Flip(image) : image;

    public static RgbImage Flip(RgbImage image)
    {
        var target = new byte[image.Pixels.Length];
        var rowLength = image.Width * 3;
        for (var row = 0; row < target.Length; row += rowLength)
        {
            image.Pixels.AsSpan(row, rowLength).CopyTo(target.AsSpan(row));
            MemoryMarshal.Cast<byte, Pixel>(target.AsSpan(row, rowLength)).Reverse();
        }

        return new RgbImage(image.Width, image.Height, target);
    }

    [StructLayout(LayoutKind.Sequential, Pack = 1)]
    private readonly record struct Pixel(byte R, byte G, byte B);
}
