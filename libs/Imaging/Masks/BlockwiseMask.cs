using AspireFed.Contracts.Randomness;

namespace AspireFed.Imaging.Masks;

/// <summary>
/// BEiT's masks (Bao et al. 2022, algorithm 1): rectangles of random area and aspect are laid onto the grid of patches until
/// <see cref="Target"/> of them are covered or ten rectangles in a row do not fit. So a mask never has more, and often has a few fewer.
/// </summary>
public sealed class BlockwiseMask
{
    private const int Tries = 10;
    private const int ReferenceCells = 14 * 14;
    private const int ReferenceSmallestBlock = 16;

    private static readonly double LogWidestAspect = Math.Log(1 / 0.3);
    private static readonly double LogNarrowestAspect = Math.Log(0.3);

    private readonly int _smallestBlock;

    /// <summary>A grid of patches of which about <paramref name="ratio"/> is to be masked.</summary>
    public BlockwiseMask(int rows, int columns, double ratio)
        : this(rows, columns, TargetOf(rows * columns, ratio), SmallestBlockOf(rows * columns))
    {
    }

    internal BlockwiseMask(int rows, int columns, int target, int smallestBlock)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(rows, 2);
        ArgumentOutOfRangeException.ThrowIfLessThan(columns, 2);
        (Rows, Columns, Target, _smallestBlock) = (rows, columns, target, smallestBlock);
    }

    public int Rows { get; }

    public int Columns { get; }

    /// <summary>The number of patches that a mask covers at most.</summary>
    public int Target { get; }

    /// <summary>
    /// The reference's count, round(ratio * cells / 5) * 5, but for the cells there are; it has 196 fixed, whatever the grid. At least 1.
    /// </summary>
    public static int TargetOf(int cells, double ratio) => Math.Clamp((int)Math.Round(ratio * cells / 5) * 5, 1, cells);

    /// <summary>Draws a mask, [Rows * Columns] row by row; true is removed. At least one patch is.</summary>
    /// <returns>The number of patches that are removed.</returns>
    public int Draw(RandomStream random, Span<bool> mask)
    {
        int masked;
        do
            masked = Draw(new StreamDraws(random), mask);
        while (masked == 0);
        return masked;
    }

    internal int Draw<TDraws>(TDraws draws, Span<bool> mask)
        where TDraws : IBlockDraws
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(mask.Length, Rows * Columns);
        mask.Clear();
        var masked = 0;
        while (masked < Target)
        {
            var added = AddBlock(draws, mask, Target - masked);
            if (added == 0)
                break;
            masked += added;
        }

        return masked;
    }

    /// <summary>The smallest area that is asked for: 16 of 196 cells, and in that proportion on other grids.</summary>
    private static int SmallestBlockOf(int cells) =>
        Math.Max(1, (int)Math.Round(ReferenceSmallestBlock * cells / (double)ReferenceCells));

    private int AddBlock<TDraws>(TDraws draws, Span<bool> mask, int wanted)
        where TDraws : IBlockDraws
    {
        for (var i = 0; i < Tries; i++)
        {
            var area = draws.Real(_smallestBlock, wanted);
            var aspect = Math.Exp(draws.Real(LogNarrowestAspect, LogWidestAspect));
            var (height, width) = ((int)Math.Round(Math.Sqrt(area * aspect)), (int)Math.Round(Math.Sqrt(area / aspect)));
            if (height >= Rows || width >= Columns)
                continue;
            var top = draws.Whole(Rows - height);
            var left = draws.Whole(Columns - width);
            var added = 0;
            for (var row = top; row < top + height; row++)
                added += mask.Slice((row * Columns) + left, width).Count(false);
            if (added == 0 || added > wanted)
                continue;
            for (var row = top; row < top + height; row++)
                mask.Slice((row * Columns) + left, width).Fill(true);
            return added;
        }

        return 0;
    }

    private readonly struct StreamDraws(RandomStream random) : IBlockDraws
    {
        public double Real(double from, double to) => random.NextDouble(from, to);

        public int Whole(int highest) => random.NextInt32(highest + 1);
    }
}
