using AspireFed.Contracts.Randomness;

namespace AspireFed.Imaging.Phantoms;

/// <summary>A smooth random field on the unit square, from -1 to 1.</summary>
internal sealed class ValueNoise
{
    private readonly int _cells;
    private readonly double[] _knots;

    public ValueNoise(int cells, RandomStream random)
    {
        _cells = cells;
        _knots = new double[(cells + 1) * (cells + 1)];
        foreach (ref var knot in _knots.AsSpan())
            knot = random.NextDouble(-1, 1);
    }

    public double this[double u, double v]
    {
        get
        {
            var (x, y) = (Math.Clamp(u, 0, 1) * _cells, Math.Clamp(v, 0, 1) * _cells);
            var (column, row) = (Math.Min((int)x, _cells - 1), Math.Min((int)y, _cells - 1));
            var (s, t) = (Smooth(x - column), Smooth(y - row));
            var at = (row * (_cells + 1)) + column;
            var above = _knots[at] + (s * (_knots[at + 1] - _knots[at]));
            at += _cells + 1;
            var below = _knots[at] + (s * (_knots[at + 1] - _knots[at]));
            return above + (t * (below - above));
        }
    }

    private static double Smooth(double x) => x * x * (3 - (2 * x));
}
