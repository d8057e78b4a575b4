using AspireFed.Models.Layers;
using TorchSharp;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models;

/// <summary>
/// A discrete variational autoencoder (Ramesh et al. 2021, section 2.1), in the architecture and with the names of BEiT's own
/// (`customized`): three halvings to a grid of codes and three doublings back. Its codes are visual tokens. Trained with a Gumbel softmax
/// (Jang et al. 2017) in place of the choice of a code.
/// </summary>
public sealed class DiscreteVae : VisionModel
{
    /// <summary>Pixels along a side that one token stands for.</summary>
    public const int PixelsOfToken = 1 << Halvings;

    /// <summary>Of the widths: the convolutions below libtorch (oneDNN 3.7.1) are wrong for some others on AVX-512.</summary>
    public const int WidthStep = 16;

    private const int Halvings = 3;
    private const int Channels = 3;

    // Pixels from 0 to 1 are seen as numbers from -1 to 1.
    private const double Middle = 0.5, Spread = 0.5;

    [ComponentName(Name = "encoder")] private readonly Sequential _encoder;
    [ComponentName(Name = "decoder")] private readonly Sequential _decoder;
    [ComponentName(Name = "codebook")] private readonly Embedding _codebook;

    /// <param name="grid">Tokens along a side.</param>
    /// <param name="vocabulary">Number of tokens.</param>
    /// <param name="codebookWidth">Width of a code; a multiple of 16, as the hidden width must be, or convolutions come out wrong on some processors.</param>
    public DiscreteVae(int grid, int vocabulary, int codebookWidth, int hiddenWidth)
        : base(nameof(DiscreteVae), new ModelShape(grid * PixelsOfToken, PixelsOfToken, hiddenWidth, Halvings, 1, hiddenWidth, Halvings, 1))
    {
        (Vocabulary, CodebookWidth) = (vocabulary, codebookWidth);
        List<(string, Module<Tensor, Tensor>)> encoder = [], decoder = [];
        for (var i = 0; i < Halvings; i++)
        {
            encoder.Add(($"{2 * i}", Sequential(("0", Conv2d(i == 0 ? Channels : hiddenWidth, hiddenWidth, 4, stride: 2, padding: 1)), ("1", ReLU()))));
            encoder.Add(($"{(2 * i) + 1}", new DvaeResidual(hiddenWidth)));
            decoder.Add(($"{2 * i}", Sequential(("0", ConvTranspose2d(i == 0 ? codebookWidth : hiddenWidth, hiddenWidth, 4, stride: 2, padding: 1)), ("1", ReLU()))));
            decoder.Add(($"{(2 * i) + 1}", new DvaeResidual(hiddenWidth)));
        }
        encoder.Add(($"{2 * Halvings}", Conv2d(hiddenWidth, vocabulary, 1)));
        decoder.Add(($"{2 * Halvings}", Conv2d(hiddenWidth, Channels, 1)));
        register_module("encoder", _encoder = Sequential(encoder));
        register_module("decoder", _decoder = Sequential(decoder));
        register_module("codebook", _codebook = Embedding(vocabulary, codebookWidth));
    }

    public int Vocabulary { get; }

    public int CodebookWidth { get; }

    /// <param name="images">[B, 3, H, W], from 0 to 1.</param>
    /// <param name="temperature">Of the Gumbel softmax; the lower, the nearer to the choice of one code.</param>
    /// <param name="klWeight">Weight of the codes' divergence from being used evenly.</param>
    /// <param name="generator">Draws the Gumbel noise, on the processor.</param>
    /// <returns>Mean squared error of the pixels, each from -1 to 1, and the weighted divergence a token; scalar.</returns>
    public Tensor Loss(Tensor images, double temperature, double klWeight, Generator generator)
    {
        using var scope = NewDisposeScope();
        var target = MapPixels(images);
        var logits = _encoder.forward(target);
        var gumbel = empty(logits.shape).exponential_(1, generator).log_().neg_().to(logits.device);
        var codes = ((logits + gumbel) / temperature).softmax(1);
        var painted = _decoder.forward(codes.permute(0, 2, 3, 1).matmul(_codebook.weight!).permute(0, 3, 1, 2));
        var loss = (painted - target).square().mean();
        if (klWeight > 0)
        {
            var log = logits.log_softmax(1);
            loss = loss + (klWeight * ((log.exp() * log).sum(1).mean() + Math.Log(Vocabulary)));
        }
        return loss.MoveToOuterDisposeScope();
    }

    /// <param name="images">[B, 3, H, W], from 0 to 1.</param>
    /// <returns>The likeliest token of each place, [B, H / 8, W / 8].</returns>
    public Tensor Tokens(Tensor images)
    {
        using var scope = NewDisposeScope();
        return _encoder.forward(MapPixels(images)).argmax(1).MoveToOuterDisposeScope();
    }

    /// <param name="tokens">[B, h, w], int64.</param>
    /// <returns>[B, 3, 8 * h, 8 * w], from 0 to 1.</returns>
    public Tensor Pictures(Tensor tokens)
    {
        using var scope = NewDisposeScope();
        var painted = _decoder.forward(_codebook.forward(tokens).permute(0, 3, 1, 2));
        return ((painted * Spread) + Middle).clamp(0, 1).MoveToOuterDisposeScope();
    }

    /// <summary>As torch starts convolutions and tables of codes.</summary>
    public override void Initialize(Generator generator)
    {
        foreach (var module in modules())
        {
            switch (module)
            {
                case Conv2d convolution: Draw.Convolution(convolution.weight, convolution.bias!, generator); break;
                case ConvTranspose2d convolution: Draw.Convolution(convolution.weight!, convolution.bias!, generator); break;
                case Embedding codebook: Draw.Normal(codebook.weight!, 1, generator); break;
            }
        }
    }

    private static Tensor MapPixels(Tensor images) => (images - Middle) / Spread;
}
