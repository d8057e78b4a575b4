namespace AspireFed.Models.Layers;

/// <summary>Interpolation by the cubic spline whose third derivative is continuous at the second knot from either end.</summary>
internal static class NotAKnotSpline
{
    /// <summary>
    /// The spline is linear in the values at its knots: entry [t, k] says how much the value at knot k counts at target t. Targets beyond
    /// the knots get the value at the nearest one.
    /// </summary>
    /// <param name="knots">Rising, at least four.</param>
    public static double[,] Weights(double[] knots, double[] targets)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(knots.Length, 4);
        var curvature = SecondDerivatives(knots);
        var weights = new double[targets.Length, knots.Length];
        for (var t = 0; t < targets.Length; t++)
        {
            var x = Math.Clamp(targets[t], knots[0], knots[^1]);
            var left = Array.FindLastIndex(knots, knots.Length - 2, knot => knot <= x);
            var h = knots[left + 1] - knots[left];
            var (a, b) = ((knots[left + 1] - x) / h, (x - knots[left]) / h);
            weights[t, left] += a;
            weights[t, left + 1] += b;
            for (var k = 0; k < knots.Length; k++)
                weights[t, k] += h * h / 6 * ((((a * a * a) - a) * curvature[left, k]) + (((b * b * b) - b) * curvature[left + 1, k]));
        }
        return weights;
    }

    /// <summary>Entry [i, k]: the second derivative at knot i of the spline that is 1 at knot k and 0 at the others.</summary>
    private static double[,] SecondDerivatives(double[] x)
    {
        var n = x.Length;
        var system = new double[n, n];
        var right = new double[n, n];
        for (var i = 1; i < n - 1; i++)
        {
            var (before, after) = (x[i] - x[i - 1], x[i + 1] - x[i]);
            (system[i, i - 1], system[i, i], system[i, i + 1]) = (before, 2 * (before + after), after);
            (right[i, i - 1], right[i, i], right[i, i + 1]) = (6 / before, -6 * ((1 / before) + (1 / after)), 6 / after);
        }
        EqualThirdDerivatives(0, 1, 2);
        EqualThirdDerivatives(n - 1, n - 2, n - 3);
        Solve(system, right);
        return right;

        void EqualThirdDerivatives(int end, int next, int inner)
        {
            var (outerStep, innerStep) = (Math.Abs(x[next] - x[end]), Math.Abs(x[inner] - x[next]));
            (system[end, end], system[end, next], system[end, inner]) = (innerStep, -(outerStep + innerStep), outerStep);
        }
    }

    /// <summary>Gauss with partial pivoting; the solutions replace the right sides.</summary>
    private static void Solve(double[,] system, double[,] right)
    {
        var n = system.GetLength(0);
        for (var column = 0; column < n; column++)
        {
            var pivot = column;
            for (var row = column + 1; row < n; row++)
                if (Math.Abs(system[row, column]) > Math.Abs(system[pivot, column])) pivot = row;
            for (var k = 0; k < n; k++)
            {
                (system[column, k], system[pivot, k]) = (system[pivot, k], system[column, k]);
                (right[column, k], right[pivot, k]) = (right[pivot, k], right[column, k]);
            }
            for (var row = 0; row < n; row++)
            {
                var factor = system[row, column] / system[column, column];
                if (row == column || factor == 0) continue;
                for (var k = 0; k < n; k++)
                {
                    system[row, k] -= factor * system[column, k];
                    right[row, k] -= factor * right[column, k];
                }
            }
        }
        for (var row = 0; row < n; row++)
            for (var k = 0; k < n; k++) right[row, k] /= system[row, row];
    }
}
