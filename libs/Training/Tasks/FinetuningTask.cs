using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Training.Batches;
using AspireFed.Training.Objectives;
using static TorchSharp.torch;

namespace AspireFed.Training.Tasks;

/// <summary>Supervised fine-tuning of a classifier, with mixed images where the spec asks for them (Yan et al., section III-C).</summary>
public sealed class FinetuningTask(ImageClassifier model, FinetuneSpec spec, DecodedImages images) : LocalTask
{
    private readonly int _side = model.Shape.ImageSize;
    private readonly Augmentation _augmentation = Augmentation.ForFinetuning(spec.Augmentation, model.Shape.ImageSize);

    public override ImageClassifier Model { get; } = model;

    public override IAsyncEnumerable<Batch> BatchesAsync(RoundPlan plan, CancellationToken cancel)
    {
        float[] shift = spec.LogitAdjustment == 0 ? []
            : [.. ClassShares.Logarithms(plan.Images, plan.Classes).Select(share => (float)(spec.LogitAdjustment * share))];
        return plan.Batches().Select(planned => Prepare(plan, planned, shift, cancel)).ToAsyncEnumerable();
    }

    public override Tensor Loss(Batch batch, Device device, Generator generator)
    {
        var labelled = (LabelledBatch)batch;
        var (pixels, labels) = (batch.Images(device), labelled.LabelTensor(device));
        if (spec.Mixup == 0 && spec.Cutmix == 0) return Losses.SmoothedLabels(Logits(), labels, spec.LabelSmoothing);

        labelled.Mix.Apply(pixels);
        var targets = labelled.Mix.Targets(labels, Model.Classes, spec.LabelSmoothing);
        return Losses.SoftTargets(Logits(), targets);

        Tensor Logits() => labelled.LogitShift.Length == 0
            ? Model.Forward(pixels, generator) : Model.Forward(pixels, generator) + labelled.LogitShiftTensor(device);
    }

    private LabelledBatch Prepare(RoundPlan plan, PlannedBatch planned, float[] shift, CancellationToken cancel)
    {
        var mix = ImageMix.Draw(spec, _side, _side, plan.Random(planned.Epoch, "mix", planned.Step));
        var batch = new LabelledBatch(planned, _side) { Mix = mix, LogitShift = shift };
        for (var i = 0; i < planned.Images.Count; i++)
        {
            cancel.ThrowIfCancellationRequested();
            var image = planned.Images[i];
            var view = _augmentation.Apply(
                images.Get(image.Path, plan.Spec.Data.Resize), plan.Random(planned.Epoch, "augment", image.File));
            Normalize.Into(view, plan.Spec.Data.Normalization, batch.Pixels(i));
        }
        return batch;
    }
}
