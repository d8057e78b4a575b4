using AspireFed.Models;
using AspireFed.Training.Batches;
using static TorchSharp.torch;

namespace AspireFed.Training.Tasks;

/// <summary>What a client does in a stage: which model it trains, on which batches, against which loss.</summary>
public abstract class LocalTask : IDisposable
{
    public abstract VisionModel Model { get; }

    /// <summary>The batches of a round that are still to come, in order, made one by one as they are asked for.</summary>
    public abstract IAsyncEnumerable<Batch> BatchesAsync(RoundPlan plan, CancellationToken cancel);

    /// <summary>The loss of a batch, a scalar.</summary>
    /// <param name="generator">Random numbers of the model, such as those of drop path; on the processor.</param>
    public abstract Tensor Loss(Batch batch, Device device, Generator generator);

    public void Dispose()
    {
        Model.Dispose();
        GC.SuppressFinalize(this);
    }
}
