using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>
/// Resizes the shorter side to <paramref name="Size"/> (bilinear) and cuts the square in the middle out; a picture of that size already
/// stays as it is.
/// </summary>
public sealed record CenterView(int Size) : IImageOperation
{
    public RgbImage Apply(RgbImage image, RandomStream random) => Apply(image);

    public RgbImage Apply(RgbImage image)
    {
        var (width, height) = image.Width <= image.Height
            ? (Size, (int)((long)Size * image.Height / image.Width))
            : ((int)((long)Size * image.Width / image.Height), Size);
        var resized = Resample.Resize(image, width, height, ResampleFilter.Bilinear);
        var (left, top) = ((int)Math.Round((width - Size) / 2.0), (int)Math.Round((height - Size) / 2.0));
        return Crop.Apply(resized, new PixelBox(left, top, Size, Size));
    }
}
