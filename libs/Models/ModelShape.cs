using AspireFed.Contracts.Specs;

namespace AspireFed.Models;

/// <summary>The measures of a vision transformer and of MAE's decoder beside it.</summary>
/// <param name="ImageSize">Side of the square image in pixels; a multiple of the patch.</param>
/// <param name="PatchSize">Side of a patch in pixels.</param>
/// <param name="MlpRatio">Hidden width of a block's perceptron over the width.</param>
public sealed record ModelShape(
    int ImageSize, int PatchSize, int Width, int Depth, int Heads, int DecoderWidth, int DecoderDepth, int DecoderHeads, int MlpRatio = 4)
{
    /// <summary>Patches along a side.</summary>
    public int Grid => ImageSize / PatchSize;

    /// <summary>Patches of an image.</summary>
    public int Patches => Grid * Grid;

    /// <summary>Values of a patch: its pixels in three channels.</summary>
    public int PatchValues => 3 * PatchSize * PatchSize;

    /// <summary>
    /// ViT sizes by their public names (Dosovitskiy et al. 2021; Touvron et al. 2021) with MAE's decoder, and one for small images.
    /// </summary>
    public static ModelShape For(ModelSize size) => size switch
    {
        ModelSize.Nano => new(64, 8, 192, 6, 3, 96, 2, 3),
        ModelSize.Tiny => new(224, 16, 192, 12, 3, 512, 8, 16),
        ModelSize.Small => new(224, 16, 384, 12, 6, 512, 8, 16),
        ModelSize.Base => new(224, 16, 768, 12, 12, 512, 8, 16),
        ModelSize.Large => new(224, 16, 1024, 24, 16, 512, 8, 16),
        _ => throw new ArgumentOutOfRangeException(nameof(size), size, null),
    };
}
