using AspireFed.Contracts;
using AspireFed.Imaging.DataSets;

namespace AspireFed.Training;

/// <summary>
/// Trains one client for one round (Yan et al., algorithm 1): reads the global weights, trains `localEpochs` epochs, writes the update and
/// the optimiser state. Equal inputs give equal bytes. Not for concurrent use: one trainer, one device.
/// </summary>
public sealed class LocalTrainer(DataSetCatalog data, IVisualTokens tokens) : IDisposable
{
    /// <exception cref="InputException">The client's images or the weights are at fault; nothing has been written.</exception>
    public Task<LocalResult> TrainAsync(LocalRound round, IProgress<LocalProgress> progress, CancellationToken cancel) => throw new NotImplementedException($"{data}{tokens}");

    public void Dispose() => throw new NotImplementedException($"{data}{tokens}");
}
