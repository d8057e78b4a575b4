namespace AspireFed.Aggregation.Rules;

/// <summary>
/// Makes one model of many, element by element and one client after the other, so that no more than one block of one client is ever in
/// memory. Must be a pure function: equal inputs in equal order give equal bytes, however the elements are cut into blocks.
/// </summary>
public interface IAggregationRule
{
    /// <summary>What the sum begins with.</summary>
    double Zero { get; }

    /// <summary>Takes a client's elements into the sum. Both spans are equally long.</summary>
    void Accumulate(ReadOnlySpan<float> update, double weight, Span<double> sum);

    /// <summary>Turns the sum of all clients into the new model. Both spans are equally long.</summary>
    void Finish(ReadOnlySpan<double> sum, double totalWeight, Span<float> average);
}
