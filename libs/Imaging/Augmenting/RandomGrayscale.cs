using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>Takes the colour out, with a probability.</summary>
public sealed record RandomGrayscale(double Probability) : IImageOperation
{
    public RgbImage Apply(RgbImage image, RandomStream random) =>
        random.NextDouble() < Probability ? ColorChange.Grayscale(image) : image;
}
