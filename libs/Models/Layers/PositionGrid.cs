using static TorchSharp.torch;

namespace AspireFed.Models.Layers;

/// <summary>Carries learned positions from one grid of patches to another, as happens where fine-tuning has larger images.</summary>
internal static class PositionGrid
{
    private const int ClassRows = 3;

    /// <summary>The grid that has so many positions, the class token's included.</summary>
    public static int? OfPositions(long rows) => Root(rows - 1);

    /// <summary>The grid whose table of relative positions has so many rows.</summary>
    public static int? OfTable(long rows) => Root(rows - ClassRows) is { } side && side % 2 == 1 ? (side + 1) / 2 : null;

    /// <summary>[1, 1 + g * g, D] to another g, bicubic (as MAE and DeiT do).</summary>
    public static Tensor ResizePositions(Tensor positions, int grid)
    {
        var from = OfPositions(positions.shape[1]) ?? throw new ArgumentException("These positions form no square.", nameof(positions));
        if (from == grid) return positions.alias();
        using var scope = NewDisposeScope();
        var width = positions.shape[2];
        var cells = positions.narrow(1, 1, from * from).reshape(1, from, from, width).permute(0, 3, 1, 2);
        var enlarged = nn.functional.interpolate(cells, [grid, grid], mode: InterpolationMode.Bicubic, align_corners: false);
        var resized = enlarged.permute(0, 2, 3, 1).reshape(1, grid * grid, width);
        return cat([positions.narrow(1, 0, 1), resized], 1).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// [rows, heads] to the rows of another grid, as BEiT does: the old shifts are spread over the new range in a geometric progression,
    /// dense near zero where the biases vary most, and cubic splines pass through them. The class token's rows stay.
    /// </summary>
    public static Tensor ResizeTable(Tensor table, int grid)
    {
        var from = OfTable(table.shape[0]) ?? throw new ArgumentException("These rows form no square.", nameof(table));
        if (from == grid) return table.alias();
        using var scope = NewDisposeScope();
        var (side, newSide, heads) = ((2 * from) - 1, (2 * grid) - 1, table.shape[1]);
        var targets = Enumerable.Range(1 - grid, newSide).Select(shift => (double)shift).ToArray();
        var spline = tensor(NotAKnotSpline.Weights(Spread(from - 1, grid - 1), targets));
        var planes = table.narrow(0, 0, side * side).to(ScalarType.Float64).t().reshape(heads, side, side);
        var resized = matmul(matmul(spline, planes), spline.t()).reshape(heads, newSide * newSide).t().to(table.dtype);
        return cat([resized, table.narrow(0, side * side, ClassRows)]).MoveToOuterDisposeScope();
    }

    /// <summary>The places of shifts -count..count whose steps grow by one factor, so that the last lies near the new end.</summary>
    private static double[] Spread(int count, int range)
    {
        var (low, high) = (1.01, 1.5);
        var ratio = low;
        while (high - low > 1e-6)
        {
            ratio = (low + high) / 2;
            if ((1 - Math.Pow(ratio, count)) / (1 - ratio) > range) high = ratio;
            else low = ratio;
        }
        var places = new double[(2 * count) + 1];
        for (var i = 1; i <= count; i++)
        {
            places[count + i] = places[count + i - 1] + Math.Pow(ratio, i - 1);
            places[count - i] = -places[count + i];
        }
        return places;
    }

    private static int? Root(long square)
    {
        var root = (int)Math.Round(Math.Sqrt(Math.Max(0, square)));
        return root > 0 && (long)root * root == square ? root : null;
    }
}
