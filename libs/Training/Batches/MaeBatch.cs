using static TorchSharp.torch;

namespace AspireFed.Training.Batches;

/// <summary>Images with the noise that decides which patches are removed.</summary>
public sealed class MaeBatch(PlannedBatch planned, int side, int patches) : Batch(planned, side)
{
    private readonly float[] _noise = new float[planned.Images.Count * patches];

    /// <summary>The noise of one image, [patches], to be filled: the patches with the smallest numbers stay.</summary>
    public Span<float> Noise(int image) => _noise.AsSpan(image * patches, patches);

    /// <summary>[count, patches].</summary>
    public Tensor Noise(Device device) => ToTensor<float>(_noise, device, Count, patches);
}
