using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>Turns the picture by an angle, in degrees, uniform from minus to plus <paramref name="Degrees"/>.</summary>
public sealed record RandomRotation(double Degrees) : IImageOperation
{
    public RgbImage Apply(RgbImage image, RandomStream random) => Rotation.Turn(image, random.NextDouble(-Degrees, Degrees));
}
