using static TorchSharp.torch;

namespace AspireFed.Training.Batches;

/// <summary>Images with the places that are masked and the visual tokens to be predicted there.</summary>
public sealed class BeitBatch(PlannedBatch planned, int side, int patches) : Batch(planned, side)
{
    private readonly bool[] _mask = new bool[planned.Images.Count * patches];
    private readonly long[] _tokens = new long[planned.Images.Count * patches];

    /// <summary>The mask of one image, [patches], to be filled: true where masked.</summary>
    public Span<bool> Mask(int image) => _mask.AsSpan(image * patches, patches);

    /// <summary>The tokens of all images, [count * patches], to be filled.</summary>
    public Span<long> Tokens => _tokens;

    /// <summary>[count, patches].</summary>
    public Tensor MaskTensor(Device device) => ToTensor<bool>(_mask, device, Count, patches);

    /// <summary>[count, patches].</summary>
    public Tensor TokenTensor(Device device) => ToTensor<long>(_tokens, device, Count, patches);
}
