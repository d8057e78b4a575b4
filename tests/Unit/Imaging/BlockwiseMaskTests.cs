using System.Text.Json;
using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Masks;
using CsCheck;

namespace AspireFed.Tests.Unit.Imaging;

public sealed class BlockwiseMaskTests
{
    [Fact]
    public void The_references_draws_give_the_references_masks()
    {
        foreach (var trace in ParityCase.Open("masking-generator").Json("traces.json").EnumerateArray())
        {
            var generator = OfConfig(trace.GetProperty("config"));
            var draws = new Recorded(trace.GetProperty("draws"));
            var mask = new bool[generator.Rows * generator.Columns];

            var count = generator.Draw(draws, mask);

            var expected = string.Concat(trace.GetProperty("mask").EnumerateArray().Select(row => row.GetString()));
            Assert.Equal(expected, string.Concat(mask.Select(m => m ? '1' : '0')));
            Assert.Equal(trace.GetProperty("count").GetInt32(), count);
            Assert.True(draws.AllUsed);
        }
    }

    [Theory]
    [InlineData("n75")]
    [InlineData("n80_ratio0.4")]
    [InlineData("n120_ratio0.6")]
    [InlineData("n10_grid4")]
    public void Many_masks_have_the_references_statistics(string name)
    {
        const int Draws = 4000;
        var parity = ParityCase.Open("masking-generator");
        var recorded = parity.Json("case.json").GetProperty("statistics").GetProperty(name);
        var generator = OfConfig(recorded.GetProperty("config"));
        var random = RandomStream.Derive(7, name);
        var mask = new bool[generator.Rows * generator.Columns];
        var (perCell, total, exact) = (new int[mask.Length], 0.0, 0);

        for (var i = 0; i < Draws; i++)
        {
            var count = generator.Draw(random, mask);
            total += count;
            exact += count == generator.Target ? 1 : 0;
            for (var cell = 0; cell < mask.Length; cell++)
                perCell[cell] += mask[cell] ? 1 : 0;
        }

        // Five standard errors of the difference between our draws and the 10,000 recorded ones.
        double Tolerance(double p) => 5 * Math.Sqrt(Math.Max(p * (1 - p), 1e-4) * ((1.0 / Draws) + (1.0 / 10_000)));
        var frequencies = parity.Doubles($"{name}.frequency");
        for (var cell = 0; cell < mask.Length; cell++)
            Assert.Equal(frequencies[cell], perCell[cell] / (double)Draws, Tolerance(frequencies[cell]));
        var share = recorded.GetProperty("fraction_exact").GetDouble();
        Assert.Equal(share, exact / (double)Draws, Tolerance(share));
        var spread = recorded.GetProperty("count_std").GetDouble();
        Assert.Equal(recorded.GetProperty("count_mean").GetDouble(), total / Draws, 5 * spread * Math.Sqrt((1.0 / Draws) + (1.0 / 10_000)));
    }

    [Fact]
    public void Targets_are_the_references_for_196_cells()
    {
        var targets = ParityCase.Open("masking-generator").Json("case.json").GetProperty("num_mask_patches_from_ratio");
        foreach (var entry in targets.EnumerateObject())
        {
            var ratio = double.Parse(entry.Name, System.Globalization.CultureInfo.InvariantCulture);
            Assert.Equal(entry.Value.GetInt32(), BlockwiseMask.TargetOf(196, ratio));
        }
    }

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

    private static BlockwiseMask OfConfig(JsonElement config)
    {
        int Of(string name) => config.GetProperty(name).GetInt32();
        return new BlockwiseMask(Of("grid"), Of("grid"), Of("n"), Of("min"));
    }

    private sealed class Recorded(JsonElement draws) : IBlockDraws
    {
        private int _next;

        public bool AllUsed => _next == draws.GetArrayLength();

        public double Real(double from, double to)
        {
            var draw = Next("u");
            Assert.Equal(from, draw[1].GetDouble(), 12);
            Assert.Equal(to, draw[2].GetDouble(), 12);
            return draw[3].GetDouble();
        }

        public int Whole(int highest)
        {
            var draw = Next("i");
            Assert.Equal(highest, draw[2].GetInt32());
            return draw[3].GetInt32();
        }

        private JsonElement Next(string kind)
        {
            var draw = draws[_next++];
            Assert.Equal(kind, draw[0].GetString());
            return draw;
        }
    }
}
