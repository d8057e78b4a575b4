using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>What a masked autoencoder makes of a batch.</summary>
/// <param name="Loss">Mean squared error over the removed patches; scalar.</param>
/// <param name="Prediction">[B, L, P * P * 3], each patch in (row, column, channel) order.</param>
/// <param name="Mask">[B, L], 1 where a patch was removed.</param>
public sealed record MaeOutput(Tensor Loss, Tensor Prediction, Tensor Mask) : IDisposable
{
    public void Dispose()
    {
        Loss.Dispose();
        Prediction.Dispose();
        Mask.Dispose();
    }
}
