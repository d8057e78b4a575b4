using AspireFed.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models;

/// <summary>
/// The encoder of DALL-E's discrete autoencoder (Ramesh et al. 2021), from which BEiT takes its visual tokens. Names and shapes are those
/// of the public checkpoint; the defaults are its measures.
/// </summary>
public sealed class DalleEncoder : Module
{
    /// <summary>Pixels along a side that one token stands for.</summary>
    public const int PixelsOfToken = 8;

    // Of the logit-Laplace distribution (section A.3): keeps pixels off 0 and 1.
    internal const double Margin = 0.1;

    [ComponentName(Name = "blocks")] private readonly Sequential _blocks;

    /// <param name="width">Channels of the first group; each has twice those of the one before.</param>
    public DalleEncoder(int width = 256, int blocksPerGroup = 2, int vocabulary = 8192) : base(nameof(DalleEncoder))
    {
        Vocabulary = vocabulary;
        register_module("blocks", _blocks = DalleBlocks.Create(
            new DalleConvolution(3, width, 7), width, [width, 2 * width, 4 * width, 8 * width], blocksPerGroup, [3, 3, 3, 1],
            ("pool", () => MaxPool2d(2)), vocabulary));
    }

    public int Vocabulary { get; }

    /// <summary>Pixels from 0 to 1 as the encoder takes them.</summary>
    public static Tensor MapPixels(Tensor images) => (images * (1 - (2 * Margin))) + Margin;

    /// <param name="images">[B, 3, H, W], mapped by <see cref="MapPixels"/>.</param>
    /// <returns>[B, vocabulary, H / 8, W / 8].</returns>
    public Tensor Forward(Tensor images) => _blocks.forward(images);

    /// <param name="images">[B, 3, H, W], from 0 to 1.</param>
    /// <returns>The likeliest token of each place, [B, H / 8, W / 8].</returns>
    public Tensor Tokens(Tensor images)
    {
        using var scope = NewDisposeScope();
        return Forward(MapPixels(images)).argmax(1).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the start values.</summary>
    public void Initialize(Generator generator) => DalleBlocks.Initialize(this, generator);
}
