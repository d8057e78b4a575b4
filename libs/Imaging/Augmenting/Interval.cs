using AspireFed.Contracts.Randomness;

namespace AspireFed.Imaging.Augmenting;

/// <summary>Where a factor is drawn from, uniformly.</summary>
public readonly record struct Interval(double From, double To)
{
    /// <summary>From 1 - width to 1 + width.</summary>
    public static Interval AroundOne(double width) => new(1.0 - width, 1.0 + width);

    public double Draw(RandomStream random) => random.NextDouble(From, To);
}
