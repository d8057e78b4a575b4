using AspireFed.Contracts;
using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.DataSets;

namespace AspireFed.Training.Batches;

/// <summary>
/// Which images a client trains on in a round, in which order and with which random numbers: all of it follows from the spec, the client's
/// name and the round, so that a round that is trained again gives the same bytes.
/// </summary>
public sealed class RoundPlan
{
    private readonly long _seed;
    private readonly RoundKey _key;

    /// <exception cref="InputException">The client has fewer images than one batch, or there is no such client.</exception>
    public RoundPlan(ExperimentSpec spec, RoundKey key, ClientId client, DataSet set)
    {
        (_seed, _key, Client) = (spec.Seed, key, client.Name);
        Spec = spec;
        Training = spec.Training(key.Stage);
        Classes = set.Classes.Count;
        var all = set.TrainImages(client);
        Images = Training is FinetuneSpec finetune ? LabelFraction.Choose(all, finetune.LabelFraction) : all;
        if (Images.Count < Training.BatchSize)
        {
            var share = Images.Count == all.Count
                ? "" : FormattableString.Invariant($" of {all.Count} (labelFraction {spec.Finetune?.LabelFraction})");
            throw new InputException(
                $"Client {client} has {Images.Count} training images{share}, fewer than one batch of {Training.BatchSize}: "
                + $"lower {key.Stage.ToName()}.batchSize to {Images.Count} or less, or leave the client out by data.clients.");
        }
    }

    public ExperimentSpec Spec { get; }

    public LocalTrainingSpec Training { get; }

    /// <summary>Weights of the tokenizer behind BEiT's targets, where it has any.</summary>
    public ObjectRef? TokenizerWeights { get; init; }

    /// <summary>Classes of the data set.</summary>
    public int Classes { get; }

    public string Client { get; }

    public int Round => _key.Round;

    /// <summary>The images that the client trains on; their number is its weight in the average.</summary>
    public IReadOnlyList<LabelledImage> Images { get; }

    /// <summary>Whole batches of an epoch; what is left over is drawn in another epoch.</summary>
    public int StepsPerEpoch => Images.Count / Training.BatchSize;

    public int Steps => StepsPerEpoch * Training.LocalEpochs;

    /// <summary>Steps that a round which is resumed has behind it.</summary>
    public int StepsDone { get; private set; }

    /// <summary>The same plan for a round that has made some of its steps.</summary>
    public RoundPlan After(int steps)
    {
        var rest = (RoundPlan)MemberwiseClone();
        rest.StepsDone = steps;
        return rest;
    }

    /// <summary>The batches that are still to come, each epoch shuffled anew.</summary>
    public IEnumerable<PlannedBatch> Batches()
    {
        for (var epoch = StepsDone / StepsPerEpoch; epoch < Training.LocalEpochs; epoch++)
        {
            LabelledImage[] order = [.. Images];
            Random(epoch, "order").Shuffle(order.AsSpan());
            for (var step = Math.Max(0, StepsDone - (epoch * StepsPerEpoch)); step < StepsPerEpoch; step++)
                yield return new PlannedBatch(epoch, step, order[(step * Training.BatchSize)..((step + 1) * Training.BatchSize)]);
        }
    }

    /// <summary>The random numbers for one purpose in one epoch of this client's round.</summary>
    public RandomStream Random(int epoch, string purpose, object? of = null) =>
        RandomStream.Derive(_seed, Client, _key.Stage.ToName(), _key.Round, epoch, purpose, of ?? "");
}
