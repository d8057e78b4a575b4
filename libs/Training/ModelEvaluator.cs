using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.DataSets;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Models.Native;
using AspireFed.Training.Batches;
using AspireFed.Training.Tasks;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training;

/// <summary>
/// Measures a fine-tuned global model on the test images of its data set, over all and per site, in fp32 whatever it was trained in.
/// Keeps model and decoded images between calls. Not for concurrent use.
/// </summary>
/// <param name="device">See <see cref="ComputeDevice.Choose"/>.</param>
public sealed class ModelEvaluator(DataSetCatalog data, string? device = null) : IDisposable
{
    private const int BatchesAhead = 2;

    private readonly Device _device = ComputeDevice.Choose(device);
    private readonly DecodedImages _images = new();
    private readonly WorkThread _thread = new("evaluation");
    private (ModelSpec Spec, int Classes, ImageClassifier Model)? _bench;

    /// <exception cref="InputException">The test images or the weights are at fault.</exception>
    public Task<RoundMetrics> EvaluateAsync(ExperimentRecord experiment, RoundKey key, string weights, CancellationToken cancel) =>
        _thread.RunAsync(() =>
        {
            try
            {
                return Evaluate(experiment.Spec, key, weights, cancel);
            }
            finally
            {
                HeldMemory.GiveBack(); // the next one may be hours away
            }
        }, cancel);

    public void Dispose()
    {
        _thread.Dispose();
        _bench?.Model.Dispose();
    }

    private RoundMetrics Evaluate(ExperimentSpec spec, RoundKey key, string weights, CancellationToken cancel)
    {
        ComputeThreads.Use(spec.Model.Threads);
        var set = data.Open(spec.Data.Set);
        if (set.TestImages.Count == 0) throw new InputException($"Data set '{set.Name}' has no test images: list some in its test.csv.");
        var classes = set.Classes.Count;
        var model = Bench(spec, classes);
        ModelFile.Load(model, weights);

        var overall = new ClassificationTally(classes);
        var sites = new SortedDictionary<string, ClassificationTally>(StringComparer.Ordinal);
        var batches = Batches(spec, set, model.Shape.ImageSize, cancel).Ahead(BatchesAhead, cancel);
        foreach (var (planned, batch) in batches.ToBlockingEnumerable(cancel))
        {
            using (batch)
            {
                var logits = Logits(model, batch);
                for (var i = 0; i < batch.Count; i++)
                {
                    var image = planned.Images[i];
                    var scores = logits.AsSpan(i * classes, classes);
                    overall.Add(image.Label, scores);
                    if (image.Site.Length == 0) continue;
                    if (!sites.TryGetValue(image.Site, out var site)) sites.Add(image.Site, site = new ClassificationTally(classes));
                    site.Add(image.Label, scores);
                }
            }
        }
        return new RoundMetrics(key, set.Classes, overall.Metrics(), sites.ToDictionary(site => site.Key, site => site.Value.Metrics()));
    }

    private float[] Logits(ImageClassifier model, LabelledBatch batch)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        return model.Forward(batch.Images(_device)).cpu().data<float>().ToArray();
    }

    private IAsyncEnumerable<(PlannedBatch Planned, LabelledBatch Batch)> Batches(
        ExperimentSpec spec, DataSet set, int side, CancellationToken cancel)
    {
        var view = Augmentation.ForTest(side);
        var unused = RandomStream.Derive(spec.Seed, "test");
        return set.TestImages.Chunk(spec.Evaluate.BatchSize).Select((images, step) =>
        {
            var planned = new PlannedBatch(0, step, images);
            var batch = new LabelledBatch(planned, side);
            for (var i = 0; i < images.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                Normalize.Into(
                    view.Apply(_images.Get(images[i].Path, spec.Data.Resize), unused), spec.Data.Normalization, batch.Pixels(i));
            }
            return (planned, batch);
        }).ToAsyncEnumerable();
    }

    private ImageClassifier Bench(ExperimentSpec spec, int classes)
    {
        if (_bench is { } bench && bench.Spec == spec.Model && bench.Classes == classes) return bench.Model;
        _bench?.Model.Dispose();
        _bench = null;
        var model = (ImageClassifier)StageModel.Create(spec.Model, spec.Training(Stage.Finetune), classes);
        model.to(_device);
        model.eval();
        _bench = (spec.Model, classes, model);
        return model;
    }
}
