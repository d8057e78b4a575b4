using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Imaging.DataSets;

namespace AspireFed.Training;

/// <summary>Measures a fine-tuned global model on the test images of its data set, over all and per site.</summary>
public sealed class ModelEvaluator(DataSetCatalog data) : IDisposable
{
    /// <exception cref="InputException">The test images or the weights are at fault.</exception>
    public Task<RoundMetrics> EvaluateAsync(ExperimentRecord experiment, RoundKey key, string weights, CancellationToken cancel) => throw new NotImplementedException($"{data}");

    public void Dispose() => throw new NotImplementedException($"{data}");
}
