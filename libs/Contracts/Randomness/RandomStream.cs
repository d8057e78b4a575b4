using System.Buffers.Binary;
using System.Numerics;
using System.Security.Cryptography;
using System.Text;

namespace AspireFed.Contracts.Randomness;

/// <summary>
/// A stream of random numbers derived from what it is for, such as (seed, client, stage, round, epoch, purpose): the same names give
/// the same numbers on every machine, and streams of different names are independent. Generator: xoshiro256** (Blackman and
/// Vigna, 2021), seeded by SHA-256 of the names. Not for secrets.
/// </summary>
public sealed class RandomStream
{
    private ulong _s0, _s1, _s2, _s3;

    private RandomStream(ReadOnlySpan<byte> seed)
    {
        _s0 = BinaryPrimitives.ReadUInt64LittleEndian(seed);
        _s1 = BinaryPrimitives.ReadUInt64LittleEndian(seed[8..]);
        _s2 = BinaryPrimitives.ReadUInt64LittleEndian(seed[16..]);
        _s3 = BinaryPrimitives.ReadUInt64LittleEndian(seed[24..]) | 1; // never all zero
    }

    /// <summary>Derives a stream from the experiment's seed and the names of what it is for, in order.</summary>
    public static RandomStream Derive(long seed, params ReadOnlySpan<object> purpose)
    {
        var name = new StringBuilder().Append(seed);
        foreach (var part in purpose)
            name.Append('\u001f').Append(FormattableString.Invariant($"{part}"));
        return new RandomStream(SHA256.HashData(Encoding.UTF8.GetBytes(name.ToString())));
    }

    public ulong NextUInt64()
    {
        var result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        var t = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= t;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>Uniform in [0, 1).</summary>
    public double NextDouble() => (NextUInt64() >> 11) * (1.0 / (1UL << 53));

    /// <summary>Uniform in [from, to).</summary>
    public double NextDouble(double from, double to) => from + ((to - from) * NextDouble());

    /// <summary>Uniform in [0, bound), without bias (Lemire, 2019).</summary>
    public int NextInt32(int bound)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(bound);
        while (true)
        {
            var high = Math.BigMul(NextUInt64(), (ulong)bound, out var low);
            if (low >= (ulong)bound || low >= (0UL - (ulong)bound) % (ulong)bound)
                return (int)high;
        }
    }

    /// <summary>Standard normal (Box and Muller).</summary>
    public double NextGaussian() =>
        Math.Sqrt(-2.0 * Math.Log(1.0 - NextDouble())) * Math.Cos(2.0 * Math.PI * NextDouble());

    /// <summary>Puts the items into a uniformly random order (Fisher and Yates).</summary>
    public void Shuffle<T>(Span<T> items)
    {
        for (var i = items.Length - 1; i > 0; i--)
        {
            var j = NextInt32(i + 1);
            (items[i], items[j]) = (items[j], items[i]);
        }
    }

    /// <summary>A seed for a generator of another kind, such as torch's.</summary>
    public long NextSeed() => (long)(NextUInt64() >> 1);
}
