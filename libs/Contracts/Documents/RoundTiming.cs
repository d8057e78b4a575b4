namespace AspireFed.Contracts.Documents;

/// <summary>Where a round's time and bytes went, as the Aggregator saw it.</summary>
/// <param name="TotalSeconds">From opening to commit.</param>
/// <param name="TrainSeconds">Longest sum of local training on one trainer.</param>
/// <param name="TransferSeconds">Of the same trainer: fetching and sending; and of the Aggregator: fetching updates, sending the global weights.</param>
/// <param name="AggregationSeconds">Checking and averaging.</param>
/// <param name="WaitSeconds">What is left of the total.</param>
/// <param name="Images">Images trained on.</param>
/// <param name="Bytes">Moved through the object store, both ways.</param>
public sealed record RoundTiming(
    double TotalSeconds, double TrainSeconds, double TransferSeconds, double AggregationSeconds, double WaitSeconds, long Images, long Bytes,
    DateTimeOffset CommittedUtc);
