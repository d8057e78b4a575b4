using System.Buffers;

namespace AspireFed.Imaging.Pixels;

/// <summary>
/// For each pixel of a resized row (or column): which source pixels it is made of and their weights, in fixed point. The kernel is
/// widened when the row shrinks, so that nothing is skipped (antialiasing). Arithmetic is that of Pillow, to be equal to the bit.
/// </summary>
internal readonly struct ResampleWeights : IDisposable
{
    /// <summary>Bits behind the point: 8 bits of value, 2 for overshoot and the sign stay free in an int.</summary>
    public const int Bits = 32 - 8 - 2;

    private readonly int[] _weights;
    private readonly int[] _starts;
    private readonly int[] _counts;
    private readonly int _taps;

    public ResampleWeights(int from, int to, ResampleFilter filter)
    {
        var scale = (double)from / to;
        var stretch = Math.Max(scale, 1.0);
        var support = Support(filter) * stretch;
        _taps = ((int)Math.Ceiling(support) * 2) + 1;
        _weights = ArrayPool<int>.Shared.Rent(to * _taps);
        _starts = ArrayPool<int>.Shared.Rent(to);
        _counts = ArrayPool<int>.Shared.Rent(to);

        Span<double> kernel = _taps <= 256 ? stackalloc double[_taps] : new double[_taps];
        for (var x = 0; x < to; x++)
        {
            var center = (x + 0.5) * scale;
            var start = Math.Max((int)(center - support + 0.5), 0);
            var count = Math.Min((int)(center + support + 0.5), from) - start;
            var sum = 0.0;
            for (var i = 0; i < count; i++)
            {
                kernel[i] = Kernel(filter, (i + start - center + 0.5) * (1.0 / stretch));
                sum += kernel[i];
            }

            for (var i = 0; i < count; i++)
            {
                var weight = (sum == 0 ? kernel[i] : kernel[i] / sum) * (1 << Bits);
                _weights[(x * _taps) + i] = (int)(weight < 0 ? weight - 0.5 : weight + 0.5);
            }

            (_starts[x], _counts[x]) = (start, count);
        }
    }

    /// <summary>The first source pixel of a target pixel.</summary>
    public int Start(int target) => _starts[target];

    public ReadOnlySpan<int> this[int target] => _weights.AsSpan(target * _taps, _counts[target]);

    public void Dispose()
    {
        ArrayPool<int>.Shared.Return(_weights);
        ArrayPool<int>.Shared.Return(_starts);
        ArrayPool<int>.Shared.Return(_counts);
    }

    private static double Support(ResampleFilter filter) => filter switch
    {
        ResampleFilter.Bilinear => 1.0,
        ResampleFilter.Bicubic => 2.0,
        ResampleFilter.Lanczos => 3.0,
        _ => throw new ArgumentOutOfRangeException(nameof(filter), filter, null),
    };

    private static double Kernel(ResampleFilter filter, double x) => filter switch
    {
        ResampleFilter.Bilinear => Math.Max(1.0 - Math.Abs(x), 0.0),
        ResampleFilter.Bicubic => Cubic(Math.Abs(x)),
        _ => x is >= -3.0 and < 3.0 ? Sinc(x) * Sinc(x / 3.0) : 0.0,
    };

    /// <summary>Keys' cubic convolution with a = -0.5.</summary>
    private static double Cubic(double x)
    {
        const double A = -0.5;
        return x < 1.0 ? ((((A + 2.0) * x) - (A + 3.0)) * x * x) + 1.0
            : x < 2.0 ? ((((x - 5.0) * x) + 8.0) * x - 4.0) * A
            : 0.0;
    }

    private static double Sinc(double x) => x == 0.0 ? 1.0 : Math.Sin(x * Math.PI) / (x * Math.PI);
}
