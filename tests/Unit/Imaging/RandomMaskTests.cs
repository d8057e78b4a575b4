using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Masks;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class RandomMaskTests
{
    [Fact]
    public void Noise_is_uniform_and_a_function_of_its_stream()
    {
        var (noise, again) = (new float[20_000], new float[20_000]);

        RandomMask.Noise(RandomStream.Derive(3, "noise"), noise);
        RandomMask.Noise(RandomStream.Derive(3, "noise"), again);

        Assert.Equal(noise, again);
        Assert.All(noise, n => Assert.InRange(n, 0f, 1f - (1f / (1 << 24))));
        Assert.Equal(0.5, noise.Average(), 0.02);
    }
}
