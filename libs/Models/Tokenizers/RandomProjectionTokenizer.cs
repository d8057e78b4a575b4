using System.Numerics;
using AspireFed.Contracts.Randomness;

namespace AspireFed.Models.Tokenizers;

/// <summary>
/// Visual tokens without any training (BEST-RQ, Chiu et al. 2022): a patch is projected by a fixed random matrix, and its token is the
/// nearest direction in a fixed random codebook. Both come from the seed alone. The arithmetic does not depend on batch, threads or width
/// of vectors, so that equal settings give equal tokens on any machine. For concurrent use.
/// </summary>
public sealed class RandomProjectionTokenizer
{
    private const int PatchSide = 8, Channels = 3, PatchValues = PatchSide * PatchSide * Channels;

    // The widest vector of any processor has so many numbers: tables that are padded to it can be read by all.
    private const int Pad = 16;

    private readonly int _grid;
    private readonly int _dimensions;
    private readonly float[] _projection; // [PatchValues, padded dimensions]
    private readonly float[] _codebook; // [dimensions, padded vocabulary]

    /// <param name="grid">Tokens along a side.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="dimensions">Width of the codebook.</param>
    public RandomProjectionTokenizer(int grid, int vocabulary, int dimensions, long seed)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(grid);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(vocabulary);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(dimensions);
        (_grid, Vocabulary, _dimensions) = (grid, vocabulary, dimensions);
        _projection = Projection(dimensions, RandomStream.Derive(seed, "random-projection", "projection", dimensions));
        _codebook = Codebook(vocabulary, dimensions, RandomStream.Derive(seed, "random-projection", "codebook", vocabulary, dimensions));
    }

    public int Vocabulary { get; }

    /// <summary>Side in pixels of the square images that are tokenized.</summary>
    public int ImageSize => _grid * PatchSide;

    /// <summary>Bytes of one image.</summary>
    public int ImageBytes => ImageSize * ImageSize * Channels;

    /// <param name="pixels">[count, ImageSize, ImageSize, 3], 8-bit RGB.</param>
    /// <returns>[count, grid * grid], row by row.</returns>
    public int[] Tokenize(ReadOnlySpan<byte> pixels, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, count * ImageBytes, nameof(pixels));
        var tokens = new int[count * _grid * _grid];
        Span<float> patch = stackalloc float[PatchValues];
        Span<float> projected = new float[Padded(_dimensions)];
        for (var i = 0; i < tokens.Length; i++)
        {
            var (image, row, column) = (i / (_grid * _grid), i / _grid % _grid, i % _grid);
            ReadPatch(pixels.Slice(image * ImageBytes, ImageBytes), row, column, patch);
            Project(patch, projected);
            tokens[i] = Nearest(projected[.._dimensions]);
        }
        return tokens;
    }

    /// <summary>The patch less the mean of each channel. Its deviation need not be divided out: only its direction counts.</summary>
    private void ReadPatch(ReadOnlySpan<byte> image, int row, int column, Span<float> patch)
    {
        Span<int> sums = stackalloc int[Channels];
        sums.Clear();
        for (var y = 0; y < PatchSide; y++)
        {
            var line = image.Slice(((((row * PatchSide) + y) * ImageSize) + (column * PatchSide)) * Channels, PatchSide * Channels);
            for (var x = 0; x < line.Length; x++)
            {
                patch[(y * PatchSide * Channels) + x] = line[x];
                sums[x % Channels] += line[x];
            }
        }
        const float cells = PatchSide * PatchSide;
        for (var i = 0; i < patch.Length; i++) patch[i] -= sums[i % Channels] / cells;
    }

    private void Project(ReadOnlySpan<float> patch, Span<float> projected)
    {
        for (var d = 0; d < projected.Length; d += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var i = 0; i < patch.Length; i++)
                sum = Vector.FusedMultiplyAdd(new(patch[i]), new Vector<float>(_projection.AsSpan((i * projected.Length) + d)), sum);
            sum.CopyTo(projected[d..]);
        }
    }

    /// <summary>The code with the largest inner product; of equals the first.</summary>
    private int Nearest(ReadOnlySpan<float> projected)
    {
        var padded = Padded(Vocabulary);
        var (best, bestCode) = (float.NegativeInfinity, 0);
        for (var code = 0; code < Vocabulary; code += Vector<float>.Count)
        {
            var sum = Vector<float>.Zero;
            for (var d = 0; d < projected.Length; d++)
                sum = Vector.FusedMultiplyAdd(new(projected[d]), new Vector<float>(_codebook.AsSpan((d * padded) + code)), sum);
            if (!Vector.GreaterThanAny(sum, new Vector<float>(best))) continue;
            for (var lane = 0; lane < Vector<float>.Count && code + lane < Vocabulary; lane++)
                if (sum[lane] > best) (best, bestCode) = (sum[lane], code + lane);
        }
        return bestCode;
    }

    /// <summary>Glorot and Bengio's uniform, as in the paper.</summary>
    private static float[] Projection(int dimensions, RandomStream random)
    {
        var padded = Padded(dimensions);
        var bound = Math.Sqrt(6.0 / (PatchValues + dimensions));
        var projection = new float[PatchValues * padded];
        for (var i = 0; i < PatchValues; i++)
            for (var d = 0; d < dimensions; d++) projection[(i * padded) + d] = (float)random.NextDouble(-bound, bound);
        return projection;
    }

    /// <summary>Normal numbers, each code brought to length 1.</summary>
    private static float[] Codebook(int vocabulary, int dimensions, RandomStream random)
    {
        var padded = Padded(vocabulary);
        var codebook = new float[dimensions * padded];
        var code = new double[dimensions];
        for (var c = 0; c < vocabulary; c++)
        {
            for (var d = 0; d < dimensions; d++) code[d] = random.NextGaussian();
            var length = Math.Sqrt(code.Sum(value => value * value));
            for (var d = 0; d < dimensions; d++) codebook[(d * padded) + c] = (float)(code[d] / length);
        }
        return codebook;
    }

    private static int Padded(int count) => (count + Pad - 1) / Pad * Pad;
}
