using AspireFed.Models;
using AspireFed.Models.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class DalleTests
{
    [Theory]
    [InlineData(12)]
    [InlineData(24)]
    [InlineData(32)]
    [InlineData(40)]
    public void A_convolution_of_any_number_of_channels_is_right(int channels)
    {
        using var scope = NewScope();
        using var _ = no_grad();
        using var generator = new Generator(1);
        using var convolution = new DalleConvolution(channels, 6, 3);
        convolution.Initialize(generator);
        var images = randn([3, channels, 16, 16], generator: generator);

        var fast = convolution.forward(images);

        convolution.to(ScalarType.Float64);
        var exact = convolution.forward(images.to(ScalarType.Float64));
        Assert.InRange((fast - exact).abs().max().item<double>(), 0, 1e-4);
    }

    [Fact]
    public void Pictures_become_one_token_for_eight_by_eight_pixels_and_tokens_become_pictures()
    {
        using var scope = NewScope();
        using var _ = no_grad();
        using var generator = new Generator(1);
        using var encoder = new DalleEncoder(8, 1, 20);
        using var decoder = new DalleDecoder(8, 8, 1, 20);
        encoder.Initialize(generator);
        decoder.Initialize(generator);

        var tokens = encoder.Tokens(rand([2, 3, 32, 16], generator: generator));
        var pictures = decoder.Pictures(tokens);

        Assert.Equal([2, 4, 2], tokens.shape);
        Assert.InRange(tokens.max().item<long>(), 0, 19);
        Assert.Equal([2, 3, 32, 16], pictures.shape);
        Assert.InRange(pictures.min().item<float>(), 0, 1);
        Assert.InRange(pictures.max().item<float>(), 0, 1);
    }

    private static DisposeScope NewScope()
    {
        TorchNative.EnsureLoaded();
        return NewDisposeScope();
    }
}
