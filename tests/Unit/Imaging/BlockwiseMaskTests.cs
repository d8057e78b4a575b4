using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Masks;
using CsCheck;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class BlockwiseMaskTests
{
    [Fact]
    public void A_mask_of_any_grid_has_at_least_one_patch_and_at_most_the_target() =>
        Gen.Select(Gen.Int[2, 30], Gen.Int[2, 30], Gen.Double[0.05, 0.95], Gen.Int).Sample((rows, columns, ratio, seed) =>
        {
            var generator = new BlockwiseMask(rows, columns, ratio);
            var mask = new bool[rows * columns];
            var count = generator.Draw(RandomStream.Derive(seed), mask);
            return count >= 1 && count <= generator.Target && count == mask.Count(m => m);
        });

    [Fact]
    public void A_small_grid_reaches_about_the_share_that_is_asked_for()
    {
        var generator = new BlockwiseMask(8, 8, 0.4);
        var random = RandomStream.Derive(1, "small");
        var mask = new bool[64];

        var mean = Enumerable.Range(0, 1000).Average(_ => generator.Draw(random, mask));

        Assert.Equal(25, generator.Target);
        Assert.InRange(mean, 24, 25);
    }
}
