using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Masks;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Training.Batches;
using static TorchSharp.torch;

namespace AspireFed.Training.Tasks;

/// <summary>Fed-MAE: reconstructs the patches that were removed (Yan et al., section III-B).</summary>
public sealed class MaePretrainingTask(Mae model, PretrainSpec spec, DecodedImages images) : LocalTask
{
    private readonly ModelShape _shape = model.Shape;
    private readonly Augmentation _augmentation = Augmentation.ForPretraining(spec.Augmentation, model.Shape.ImageSize);

    public override Mae Model { get; } = model;

    public override IAsyncEnumerable<Batch> BatchesAsync(RoundPlan plan, CancellationToken cancel) =>
        plan.Batches().Select(planned => Prepare(plan, planned, cancel)).ToAsyncEnumerable();

    public override Tensor Loss(Batch batch, Device device, Generator generator) =>
        Model.Forward(batch.Images(device), ((MaeBatch)batch).Noise(device), spec.MaskRatio, spec.NormPixLoss).Loss;

    private MaeBatch Prepare(RoundPlan plan, PlannedBatch planned, CancellationToken cancel)
    {
        var batch = new MaeBatch(planned, _shape.ImageSize, _shape.Patches);
        for (var i = 0; i < planned.Images.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var image = planned.Images[i];
            var view = _augmentation.Apply(
                images.Get(image.Path, plan.Spec.Data.Resize), plan.Random(planned.Epoch, "augment", image.File));
            Normalize.Into(view, plan.Spec.Data.Normalization, batch.Pixels(i));
            RandomMask.Noise(plan.Random(planned.Epoch, "mask", image.File), batch.Noise(i));
        }
        return batch;
    }
}
