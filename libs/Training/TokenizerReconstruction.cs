using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.DataSets;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training;

/// <summary>Shows what a discrete VAE keeps of test images: each above, and below it what is painted from its tokens alone.</summary>
public sealed class TokenizerReconstruction(DataSetCatalog data) : IDisposable
{
    private const int Pictures = 16;
    private const int Gap = 4;

    private readonly WorkThread _thread = new("reconstruction");

    /// <summary>A picture of two rows; the images are drawn from the test images by the experiment's seed.</summary>
    /// <exception cref="InputException">The test images or the weights are at fault.</exception>
    public Task<RgbImage> PaintAsync(ExperimentRecord experiment, string weights, CancellationToken cancel) =>
        _thread.RunAsync(() => Paint(experiment, weights), cancel);

    public void Dispose() => _thread.Dispose();

    private RgbImage Paint(ExperimentRecord experiment, string weights)
    {
        var spec = experiment.Spec;
        ComputeThreads.Use(spec.Model.Threads);
        using var vae = LearnedTokenizer.LoadDvae(weights, ModelShape.For(spec.Model.Size).Grid);
        vae.eval();
        var side = vae.Shape.ImageSize;
        LabelledImage[] images = [.. data.Open(spec.Data.Set).TestImages];
        RandomStream.Derive(spec.Seed, "reconstructions").Shuffle<LabelledImage>(images);
        var decoded = new DecodedImages();
        var view = Augmentation.ForTest(side);
        var shown = images.Take(Pictures).Select(image => view.Apply(decoded.Get(image.Path, spec.Data.Resize), RandomStream.Derive(0))).ToList();
        if (shown.Count == 0) throw new InputException($"Data set '{spec.Data.Set}' has no test images: list some in its test.csv.");
        return Sheet(shown, Reconstruct(vae, shown, side), side);
    }

    private static byte[] Reconstruct(DiscreteVae vae, List<RgbImage> images, int side)
    {
        using var scope = NewDisposeScope();
        using var _ = no_grad();
        var pixels = new float[images.Count * 3 * side * side];
        for (var i = 0; i < images.Count; i++) Normalize.ToUnit(images[i], pixels.AsSpan(i * 3 * side * side, 3 * side * side));
        var painted = vae.Pictures(vae.Tokens(tensor(pixels, [images.Count, 3, side, side])));
        return (painted * 255).round().to(ScalarType.Byte).permute(0, 2, 3, 1).contiguous().data<byte>().ToArray();
    }

    /// <param name="below">[count, side, side, 3].</param>
    private static RgbImage Sheet(List<RgbImage> above, byte[] below, int side)
    {
        var (width, height) = ((above.Count * (side + Gap)) + Gap, (2 * (side + Gap)) + Gap);
        var pixels = new byte[width * height * 3];
        Array.Fill(pixels, byte.MaxValue);
        for (var i = 0; i < above.Count; i++)
        {
            for (var y = 0; y < side; y++)
            {
                var left = (Gap + (i * (side + Gap))) * 3;
                above[i].Pixels.AsSpan(y * side * 3, side * 3).CopyTo(pixels.AsSpan(((Gap + y) * width * 3) + left));
                below.AsSpan(((i * side) + y) * side * 3, side * 3).CopyTo(pixels.AsSpan((((2 * Gap) + side + y) * width * 3) + left));
            }
        }
        return new RgbImage(width, height, pixels);
    }
}
