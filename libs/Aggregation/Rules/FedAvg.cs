using System.Numerics;
using System.Runtime.InteropServices;

namespace AspireFed.Aggregation.Rules;

/// <summary>
/// Federated averaging: the mean of the clients' weights, each counted by its samples (McMahan et al. 2017, algorithm 1).
/// Sums in double, in which the product of a float and a sample count below 2^29 is exact: n equal models average to themselves,
/// bit by bit.
/// </summary>
public sealed class FedAvg : IAggregationRule
{
    /// <summary>-0 and not +0: only -0 + x is x for every x, also for -0.</summary>
    public double Zero => -0.0;

    public void Accumulate(ReadOnlySpan<float> update, double weight, Span<double> sum)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(sum.Length, update.Length);
        var factor = new Vector<double>(weight);
        var whole = update.Length - (update.Length % Vector<float>.Count);
        var updates = MemoryMarshal.Cast<float, Vector<float>>(update[..whole]);
        var sums = MemoryMarshal.Cast<double, Vector<double>>(sum[..whole]);
        // Product and sum are rounded apart and never fused, so that machines with and without FMA agree.
        for (var i = 0; i < updates.Length; i++)
        {
            Vector.Widen(updates[i], out var low, out var high);
            sums[2 * i] += low * factor;
            sums[(2 * i) + 1] += high * factor;
        }
        for (var i = whole; i < update.Length; i++)
            sum[i] += update[i] * weight;
    }

    public void Finish(ReadOnlySpan<double> sum, double totalWeight, Span<float> average)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(average.Length, sum.Length);
        var divisor = new Vector<double>(totalWeight);
        var whole = sum.Length - (sum.Length % Vector<float>.Count);
        var sums = MemoryMarshal.Cast<double, Vector<double>>(sum[..whole]);
        var averages = MemoryMarshal.Cast<float, Vector<float>>(average[..whole]);
        for (var i = 0; i < averages.Length; i++)
            averages[i] = Vector.Narrow(sums[2 * i] / divisor, sums[(2 * i) + 1] / divisor);
        for (var i = whole; i < sum.Length; i++)
            average[i] = (float)(sum[i] / totalWeight);
    }
}
