using static TorchSharp.torch;

namespace AspireFed.Models.Layers;

/// <summary>Which patches MAE keeps, each image its own (He et al. 2022, section 3): those with the smallest noise, in its order.</summary>
internal sealed class RandomMasking
{
    private readonly int _kept;

    private RandomMasking(Tensor visible, Tensor place, Tensor mask, int kept) =>
        (Kept, Place, Mask, _kept) = (visible, place, mask, kept);

    /// <summary>[B, L], 1 where a patch is removed.</summary>
    public Tensor Mask { get; }

    /// <summary>[B, kept], the patches that are kept, in the order of their noise.</summary>
    public Tensor Kept { get; }

    /// <summary>[B, L], where each patch stands in the order of the noise.</summary>
    public Tensor Place { get; }

    /// <summary>Patches that are kept of so many; at least one.</summary>
    public static int CountKept(long patches, double maskRatio) => Math.Max(1, (int)(patches * (1 - maskRatio)));

    public static RandomMasking From(Tensor noise, double maskRatio)
    {
        var kept = CountKept(noise.shape[1], maskRatio);
        using var scope = NewDisposeScope();
        var order = noise.argsort(1);
        var place = order.argsort(1);
        var mask = place.ge(kept).to(ScalarType.Float32);
        var visible = order.narrow(1, 0, kept);
        return new RandomMasking(
            visible.MoveToOuterDisposeScope(), place.MoveToOuterDisposeScope(), mask.MoveToOuterDisposeScope(), kept);
    }

    /// <summary>The kept rows of [B, L, D] or [1, L, D].</summary>
    public Tensor Visible(Tensor rows)
    {
        using var scope = NewDisposeScope();
        var (count, width) = (Kept.shape[0], rows.shape[2]);
        return rows.expand(count, rows.shape[1], width).gather(1, Kept.unsqueeze(-1).expand(count, _kept, width))
            .MoveToOuterDisposeScope();
    }

    /// <summary>[B, 1 + kept, D] to [B, 1 + L, D]: every patch at its place again, the removed ones as the mask token.</summary>
    public Tensor Restore(Tensor latent, Tensor maskToken)
    {
        using var scope = NewDisposeScope();
        var (count, patches, width) = (Place.shape[0], Place.shape[1], latent.shape[2]);
        var removed = maskToken.to(latent.dtype).expand(count, patches - _kept, width);
        var rows = cat([latent.narrow(1, 1, _kept), removed], 1).gather(1, Place.unsqueeze(-1).expand(count, patches, width));
        return cat([latent.narrow(1, 0, 1), rows], 1).MoveToOuterDisposeScope();
    }
}
