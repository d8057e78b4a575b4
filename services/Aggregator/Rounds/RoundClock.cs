using AspireFed.Contracts;
using AspireFed.Contracts.Documents;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Measures where a round's time goes.</summary>
public sealed class RoundClock(OpenRound round, TimeProvider time)
{
    private double _sending;
    private double _averaging;

    public async Task<T> AggregationAsync<T>(Func<Task<T>> work)
    {
        var began = time.GetTimestamp();
        var result = await work();
        _averaging += time.GetElapsedTime(began).TotalSeconds;
        return result;
    }

    public async Task<T> SendingAsync<T>(Func<Task<T>> work)
    {
        var began = time.GetTimestamp();
        var result = await work();
        _sending += time.GetElapsedTime(began).TotalSeconds;
        return result;
    }

    /// <summary>The split of the round's time, from what the clients say in their manifests and what was measured here.</summary>
    public RoundTiming Timing(IReadOnlyList<UpdateManifest> counted, ObjectRef global)
    {
        var now = time.GetUtcNow();
        // Trainers work at the same time and a trainer's clients one after the other, so the round lasts as long as its busiest trainer.
        var busiest = counted.GroupBy(update => update.Trainer, StringComparer.Ordinal)
            .Select(trainer => (Train: trainer.Sum(update => update.TrainSeconds), Transfer: trainer.Sum(update => update.TransferSeconds)))
            .MaxBy(trainer => trainer.Train + trainer.Transfer);
        var total = (now - round.Opening.OpenedUtc).TotalSeconds;
        var transfer = busiest.Transfer + round.FetchSeconds + _sending;
        var aggregation = round.AggregationSeconds + _averaging;
        var bytes = counted.Sum(update => update.Weights.Size + (round.Opening.Start?.Size ?? 0)) + round.FetchedBytes + global.Size;
        return new RoundTiming(
            total, busiest.Train, transfer, aggregation, Math.Max(0, total - busiest.Train - transfer - aggregation),
            counted.Sum(update => update.Images), bytes, now);
    }
}
