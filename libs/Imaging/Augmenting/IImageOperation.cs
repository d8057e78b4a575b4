using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Pixels;

namespace AspireFed.Imaging.Augmenting;

/// <summary>One step of an augmentation. It leaves its input as it is and may return it unchanged.</summary>
public interface IImageOperation
{
    RgbImage Apply(RgbImage image, RandomStream random);
}
