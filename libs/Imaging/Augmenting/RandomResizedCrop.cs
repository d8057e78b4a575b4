using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>
/// Cuts out a box of random area (a share of the picture, uniform in <paramref name="Scale"/>) and aspect (log-uniform from 3/4 to 4/3)
/// and resizes it to a square. Shares above 1, which the reference's COVID-FL fine-tuning asks for (0.8 to 1.2), never fit: such a draw
/// is drawn again, and after ten of them the whole picture (at most as oblong as 4:3) is taken, as in the reference.
/// </summary>
public sealed record RandomResizedCrop(int Size, ResampleFilter Filter, Interval Scale) : IImageOperation
{
    private const int Tries = 10;
    private const double NarrowestAspect = 3.0 / 4.0;
    private const double WidestAspect = 4.0 / 3.0;

    private static readonly Interval LogAspect = new(Math.Log(NarrowestAspect), Math.Log(WidestAspect));

    public RgbImage Apply(RgbImage image, RandomStream random) =>
        Resample.Resize(image, Draw(image.Width, image.Height, random), Size, Size, Filter);

    /// <summary>Draws the box for a picture of this size.</summary>
    public PixelBox Draw(int width, int height, RandomStream random)
    {
        for (var i = 0; i < Tries; i++)
        {
            var area = width * (double)height * Scale.Draw(random);
            var aspect = Math.Exp(LogAspect.Draw(random));
            var (w, h) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
            if (w > 0 && w <= width && h > 0 && h <= height)
            {
                var top = random.NextInt32(height - h + 1);
                return new PixelBox(random.NextInt32(width - w + 1), top, w, h);
            }
        }

        return Largest(width, height);
    }

    private static PixelBox Largest(int width, int height)
    {
        var aspect = (double)width / height;
        var w = aspect > WidestAspect ? (int)Math.Round(height * WidestAspect) : width;
        var h = aspect < NarrowestAspect ? (int)Math.Round(width / NarrowestAspect) : height;
        return new PixelBox((width - w) / 2, (height - h) / 2, w, h);
    }
}
