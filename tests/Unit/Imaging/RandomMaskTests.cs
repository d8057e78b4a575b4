using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Masks;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class RandomMaskTests
{
    [Fact]
    public void As_many_patches_are_kept_as_in_the_reference()
    {
        var table = ParityCase.Open("mae-pretrain").Json("case.json").GetProperty("len_keep_table_int(L*(1-ratio))");
        foreach (var entry in table.EnumerateObject())
        {
            var parts = entry.Name.Split('@');
            var ratio = double.Parse(parts[1], System.Globalization.CultureInfo.InvariantCulture);
            var patches = int.Parse(parts[0], System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(entry.Value.GetInt32(), RandomMask.Keep(patches, ratio));
        }
    }

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
