using System.Runtime.InteropServices;
using AspireFed.Contracts;
using AspireFed.Models.Transfer;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Models.Tokenizers;

/// <summary>
/// Visual tokens from a trained encoder: DALL-E's (Ramesh et al. 2021), or a discrete VAE such as BEiT's own. Its measures are those of the
/// weights. Computes on one thread, so that equal weights give equal tokens whoever else is tokenizing. For concurrent use.
/// </summary>
public sealed class LearnedTokenizer : IDisposable
{
    private const int Channels = 3;

    private readonly nn.Module _model;
    private readonly Func<Tensor, Tensor> _tokens;
    private readonly Device _device;
    private readonly WorkThread _thread = new("tokenizing");

    private LearnedTokenizer(nn.Module model, Func<Tensor, Tensor> tokens, int vocabulary, int imageSize, Device device)
    {
        (_model, _tokens, _device, Vocabulary, ImageSize) = (model, tokens, device, vocabulary, imageSize);
        model.to(device);
        model.eval();
    }

    public int Vocabulary { get; }

    /// <summary>Side in pixels of the square images that are tokenized.</summary>
    public int ImageSize { get; }

    /// <param name="path">A file of DALL-E's encoder in any format, such as encoder.pkl as OpenAI published it.</param>
    /// <param name="grid">Tokens along a side.</param>
    /// <exception cref="InputException">The file holds no such encoder.</exception>
    public static LearnedTokenizer OfDalle(string path, int grid, Device device)
    {
        using var shapes = Shapes.Of(path, "blocks.input.w", "DALL-E encoder");
        var blocks = Enumerable.Range(1, int.MaxValue - 1).TakeWhile(block => shapes.Has($"blocks.group_1.block_{block}.res_path.conv_1.w")).Count();
        var encoder = new DalleEncoder(shapes.Side("blocks.input.w", 0), blocks, shapes.Side("blocks.output.conv.w", 0));
        ModelTransfer.Exact(encoder, path);
        return new LearnedTokenizer(encoder, encoder.Tokens, encoder.Vocabulary, grid * DalleEncoder.PixelsOfToken, device);
    }

    /// <param name="path">A file of a <see cref="DiscreteVae"/> in any format.</param>
    /// <param name="grid">Tokens along a side.</param>
    /// <exception cref="InputException">The file holds no discrete VAE.</exception>
    public static LearnedTokenizer OfDvae(string path, int grid, Device device)
    {
        var vae = LoadDvae(path, grid);
        return new LearnedTokenizer(vae, vae.Tokens, vae.Vocabulary, vae.Shape.ImageSize, device);
    }

    /// <summary>The whole discrete VAE of a file, to tokenize and to paint.</summary>
    /// <exception cref="InputException">The file holds no discrete VAE.</exception>
    public static DiscreteVae LoadDvae(string path, int grid)
    {
        using var shapes = Shapes.Of(path, "encoder.0.0.weight", "discrete VAE");
        var (codebook, hidden) = (shapes.Side("codebook.weight", 1), shapes.Side("encoder.0.0.weight", 0));
        // A small file must not ask for a large model: the widest tensors are those of the blocks.
        if (shapes.Side("encoder.1.net.0.weight", 0) != hidden || shapes.Side("encoder.1.net.0.weight", 1) != hidden)
            throw new InputException($"The weights {path} are no discrete VAE: their encoder.1.net.0.weight is not {hidden} channels wide.");
        if (codebook % DiscreteVae.WidthStep != 0 || hidden % DiscreteVae.WidthStep != 0)
        {
            throw new InputException($"The discrete VAE of {path} is {hidden} channels wide with a codebook of {codebook}: only multiples of "
                + $"{DiscreteVae.WidthStep} can be used, since convolutions of others come out wrong on some processors.");
        }
        var vae = new DiscreteVae(grid, shapes.Side("codebook.weight", 0), codebook, hidden);
        ModelTransfer.Exact(vae, path);
        return vae;
    }

    /// <param name="pixels">[count, ImageSize, ImageSize, 3], 8-bit RGB.</param>
    /// <returns>[count, grid * grid], row by row.</returns>
    public async Task<int[]> TokenizeAsync(ReadOnlyMemory<byte> pixels, int count, CancellationToken cancel)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(pixels.Length, count * ImageSize * ImageSize * Channels, nameof(pixels));
        return await _thread.RunAsync(() => Tokenize(pixels, count), cancel);
    }

    public void Dispose()
    {
        _thread.Dispose();
        _model.Dispose();
    }

    private int[] Tokenize(ReadOnlyMemory<byte> pixels, int count)
    {
        set_num_threads(1);
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var bytes = empty([count, ImageSize, ImageSize, Channels], ScalarType.Byte);
        pixels.Span.CopyTo(MemoryMarshal.AsBytes(bytes.bytes));
        var images = bytes.permute(0, 3, 1, 2).to(ScalarType.Float32).contiguous() / 255;
        return _tokens(images.to(_device)).to(ScalarType.Int32).cpu().contiguous().data<int>().ToArray();
    }

    /// <summary>What the shapes in a file tell about the measures of its model.</summary>
    private sealed class Shapes(SourceWeights weights, string what) : IDisposable
    {
        public static Shapes Of(string path, string first, string what)
        {
            try
            {
                var shapes = new Shapes(SourceWeights.Open(path, [first]), what);
                _ = shapes.Side(first, 0);
                return shapes;
            }
            catch (Exception fault) when (fault is WeightsException or IOException or UnauthorizedAccessException)
            {
                throw new InputException(fault.Message, fault);
            }
        }

        public bool Has(string name) => weights.Find(name) is not null;

        public int Side(string name, int dimension) =>
            weights.Find(name) is { } tensor && tensor.Shape.Count > dimension && tensor.Shape[dimension] is > 0 and <= 1 << 20 and var side
                ? (int)side
                : throw new InputException($"The weights {weights.Path} are no {what}: there is no {name} as one has it.");

        public void Dispose() => weights.Dispose();
    }
}
