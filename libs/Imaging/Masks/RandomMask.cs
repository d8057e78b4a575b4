using AspireFed.Contracts.Randomness;

namespace AspireFed.Imaging.Masks;

/// <summary>
/// MAE's masks (He et al. 2022): every patch draws a number, and those with the lowest numbers are kept. The sorting is the model's.
/// </summary>
public static class RandomMask
{
    /// <summary>How many of the patches are kept; in double precision, which decides edge cases such as 100 * (1 - 0.9).</summary>
    public static int Keep(int patches, double ratio) => (int)(patches * (1 - ratio));

    /// <summary>Fills in uniform numbers from [0, 1), of 24 bits so that a float holds them exactly.</summary>
    public static void Noise(RandomStream random, Span<float> noise)
    {
        foreach (ref var value in noise)
            value = (random.NextUInt64() >> 40) * (1f / (1 << 24));
    }
}
