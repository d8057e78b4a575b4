using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Masks;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>What many masks have in common.</summary>
/// <param name="Frequencies">How often each cell is masked.</param>
/// <param name="Full">Share of masks with as many patches as wanted.</param>
/// <param name="BlockSizes">Patches that each block adds.</param>
/// <param name="Neighbours">Pairs of masked patches that touch, mask by mask.</param>
internal sealed record MaskStatistics(
    double[] Frequencies, double Full, List<int> Patches, List<int> Blocks, List<int> BlockSizes, List<int> Neighbours)
{
    public static MaskStatistics Of(BlockwiseMask generator, int masks, RandomStream random)
    {
        var mask = new bool[generator.Rows * generator.Columns];
        var (frequencies, full) = (new double[mask.Length], 0.0);
        var statistics = new MaskStatistics(frequencies, 0, [], [], [], []);
        for (var i = 0; i < masks; i++)
        {
            var watched = new Watch(random, mask, statistics.BlockSizes);
            var before = statistics.BlockSizes.Count;
            var count = generator.Draw(watched, mask);
            watched.Look();
            statistics.Patches.Add(count);
            statistics.Blocks.Add(statistics.BlockSizes.Count - before);
            statistics.Neighbours.Add(Touching(generator, mask));
            full += count == generator.Target ? 1.0 / masks : 0;
            for (var cell = 0; cell < mask.Length; cell++) frequencies[cell] += mask[cell] ? 1.0 / masks : 0;
        }
        return statistics with { Full = full };
    }

    public static double Deviation(List<int> values)
    {
        var mean = values.Average();
        return Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
    }

    private static int Touching(BlockwiseMask generator, bool[] mask)
    {
        var pairs = 0;
        for (var cell = 0; cell < mask.Length; cell++)
        {
            if (!mask[cell]) continue;
            if ((cell + 1) % generator.Columns != 0 && mask[cell + 1]) pairs++;
            if (cell + generator.Columns < mask.Length && mask[cell + generator.Columns]) pairs++;
        }
        return pairs;
    }

    /// <summary>Looks at the mask whenever something is drawn: what it has more than the last time is a block.</summary>
    private sealed class Watch(RandomStream random, bool[] mask, List<int> blocks) : IBlockDraws
    {
        private int? _masked;

        public double Real(double from, double to)
        {
            Look();
            return random.NextDouble(from, to);
        }

        public int Whole(int highest) => random.NextInt32(highest + 1);

        public void Look()
        {
            var now = mask.Count(masked => masked);
            if (_masked is { } before && now > before) blocks.Add(now - before);
            _masked = now;
        }
    }
}
