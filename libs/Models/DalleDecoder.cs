using AspireFed.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models;

/// <summary>The decoder of DALL-E's discrete autoencoder (Ramesh et al. 2021): paints the picture that tokens stand for.</summary>
public sealed class DalleDecoder : Module
{
    private const int Channels = 3;

    [ComponentName(Name = "blocks")] private readonly Sequential _blocks;

    /// <param name="inputWidth">Channels that a token is spread over.</param>
    /// <param name="width">Channels of the last group; each has half those of the one before.</param>
    public DalleDecoder(int inputWidth = 128, int width = 256, int blocksPerGroup = 2, int vocabulary = 8192)
        : base(nameof(DalleDecoder))
    {
        Vocabulary = vocabulary;
        register_module("blocks", _blocks = DalleBlocks.Create(
            new DalleConvolution(vocabulary, inputWidth, 1), inputWidth, [8 * width, 4 * width, 2 * width, width], blocksPerGroup,
            [1, 3, 3, 3], ("upsample", () => Upsample(scale_factor: [2, 2], mode: UpsampleMode.Nearest)), 2 * Channels));
    }

    public int Vocabulary { get; }

    /// <param name="tokens">[B, vocabulary, h, w], one-hot.</param>
    /// <returns>Location and log-scale of each pixel's logit, [B, 6, 8 * h, 8 * w].</returns>
    public Tensor Forward(Tensor tokens) => _blocks.forward(tokens);

    /// <param name="tokens">[B, h, w], int64.</param>
    /// <returns>[B, 3, 8 * h, 8 * w], from 0 to 1.</returns>
    public Tensor Pictures(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var oneHot = functional.one_hot(tokens, Vocabulary).permute(0, 3, 1, 2).to(ScalarType.Float32);
        var mapped = Forward(oneHot).narrow(1, 0, Channels).sigmoid();
        return ((mapped - DalleEncoder.Margin) / (1 - (2 * DalleEncoder.Margin))).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>Draws the start values.</summary>
    public void Initialize(Generator generator) => DalleBlocks.Initialize(this, generator);
}
