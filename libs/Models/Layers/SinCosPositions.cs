using static TorchSharp.torch;

namespace AspireFed.Models.Layers;

/// <summary>MAE's fixed positions (He et al. 2022): sines and cosines of the column in the first half, of the row in the second.</summary>
internal static class SinCosPositions
{
    /// <summary>[1, 1 + grid * grid, width]; the class token's row is zero.</summary>
    public static Tensor Table(int width, int grid)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(width % 4, 0, nameof(width));
        var values = new float[(1 + (grid * grid)) * width];
        var quarter = width / 4;
        for (var row = 0; row < grid; row++)
        {
            for (var column = 0; column < grid; column++)
            {
                var cell = values.AsSpan((1 + (row * grid) + column) * width, width);
                for (var k = 0; k < quarter; k++)
                {
                    var frequency = Math.Pow(10000, -(double)k / quarter);
                    cell[k] = (float)Math.Sin(column * frequency);
                    cell[quarter + k] = (float)Math.Cos(column * frequency);
                    cell[(2 * quarter) + k] = (float)Math.Sin(row * frequency);
                    cell[(3 * quarter) + k] = (float)Math.Cos(row * frequency);
                }
            }
        }
        return tensor(values, 1, 1 + (grid * grid), width);
    }
}
