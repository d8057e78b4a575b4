namespace AspireFed.Benchmarks.Aggregation;

/// <summary>One way's figures, as its own process tells them.</summary>
/// <param name="Seconds">One number a repetition.</param>
/// <param name="PeakBytes">Largest resident memory of the process.</param>
internal sealed record Measurement(IReadOnlyList<double> Seconds, long PeakBytes)
{
    public double Median => Seconds.Order().ElementAt(Seconds.Count / 2);
}
