using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Objectives;

/// <summary>
/// Carries out a mix: every image with the one that stands as far from the other end of the batch. Numbers are held while torch reads them:
/// one that was converted in passing may be freed by the garbage collector before.
/// </summary>
public static class ImageMixing
{
    /// <summary>Mixes images [batch, 3, height, width] in place.</summary>
    public static void Apply(this ImageMix mix, Tensor images)
    {
        if (mix.Share == 1) return;
        if (mix.Box is { } box)
        {
            using var partner = images.flip(0);
            using var from = Part(partner, box);
            using var to = Part(images, box);
            to.copy_(from);
            return;
        }
        using Scalar own = mix.Share.ToScalar(), partners = (1 - mix.Share).ToScalar();
        using var flipped = images.flip(0);
        images.mul_(own).add_(flipped, partners);
    }

    private static Tensor Part(Tensor images, ImageMix.Rectangle box)
    {
        using var rows = images.narrow(2, box.Top, box.Bottom - box.Top);
        return rows.narrow(3, box.Left, box.Right - box.Left);
    }

    /// <summary>Smoothed targets [batch, classes] of a mixed batch.</summary>
    /// <param name="labels">[batch], int64.</param>
    public static Tensor Targets(this ImageMix mix, Tensor labels, int classes, double smoothing)
    {
        using Scalar onTop = (1 - smoothing).ToScalar(), everywhere = (smoothing / classes).ToScalar();
        using Scalar own = mix.Share.ToScalar(), partners = (1 - mix.Share).ToScalar();
        var smooth = nn.functional.one_hot(labels, classes).to(ScalarType.Float32).mul_(onTop).add_(everywhere);
        return smooth.mul(own).add_(smooth.flip(0), partners);
    }
}
