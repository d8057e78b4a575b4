using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Training.Batches;
using static TorchSharp.torch;

namespace AspireFed.Training.Tasks;

/// <summary>Trains the discrete VAE whose codes become visual tokens (Ramesh et al. 2021, section 2.1).</summary>
public sealed class TokenizerTask(DiscreteVae model, TokenizerTrainingSpec spec, DecodedImages images) : LocalTask
{
    private readonly int _side = model.Shape.ImageSize;
    private readonly Augmentation _augmentation = Augmentation.ForPretraining(spec.Augmentation, model.Shape.ImageSize);

    public override DiscreteVae Model { get; } = model;

    public override IAsyncEnumerable<Batch> BatchesAsync(RoundPlan plan, CancellationToken cancel) =>
        plan.Batches().Select(planned => Prepare(plan, planned, cancel)).ToAsyncEnumerable();

    public override Tensor Loss(Batch batch, Device device, Generator generator) =>
        Model.Loss(batch.Images(device), ((PictureBatch)batch).Temperature, spec.KlWeight, generator);

    private PictureBatch Prepare(RoundPlan plan, PlannedBatch planned, CancellationToken cancel)
    {
        var batch = new PictureBatch(planned, _side, Temperature(plan, planned));
        for (var i = 0; i < planned.Images.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var image = planned.Images[i];
            var view = _augmentation.Apply(
                images.Get(image.Path, plan.Spec.Data.Resize), plan.Random(planned.Epoch, "augment", image.File));
            Normalize.ToUnit(view, batch.Pixels(i));
        }
        return batch;
    }

    /// <summary>Falls geometrically over all steps of the stage.</summary>
    private double Temperature(RoundPlan plan, PlannedBatch planned)
    {
        var done = plan.Round - 1 + (((planned.Epoch * plan.StepsPerEpoch) + planned.Step) / (double)plan.Steps);
        return spec.StartTemperature * Math.Pow(spec.EndTemperature / spec.StartTemperature, done / spec.Rounds);
    }
}
