using AspireFed.Training.Objectives;
using static TorchSharp.torch;

namespace AspireFed.Training.Batches;

/// <summary>Images with their classes, and how they are mixed.</summary>
public sealed class LabelledBatch(PlannedBatch planned, int side) : Batch(planned, side)
{
    private readonly long[] _labels = [.. planned.Images.Select(image => (long)image.Label)];

    public ReadOnlySpan<long> Labels => _labels;

    public ImageMix Mix { get; init; } = ImageMix.None;

    /// <summary>What is added to the logits of each class in training; empty for nothing.</summary>
    public float[] LogitShift { get; init; } = [];

    /// <summary>[classes].</summary>
    public Tensor LogitShiftTensor(Device device) => ToTensor<float>(LogitShift, device, LogitShift.Length);

    /// <summary>[count].</summary>
    public Tensor LabelTensor(Device device) => ToTensor<long>(_labels, device, Count);
}
