using AspireFed.Models;
using AspireFed.Models.Tokenizers;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class DiscreteVaeTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("dvae-");
    private readonly DisposeScope _scope;
    private readonly Generator _generator;

    public DiscreteVaeTests()
    {
        TorchNative.EnsureLoaded();
        _scope = NewDisposeScope();
        _generator = new Generator(1);
    }

    [Fact]
    public void Its_tensors_have_the_names_and_shapes_of_BEiT_s_own_tokenizer()
    {
        using var vae = new DiscreteVae(grid: 14, vocabulary: 8192, codebookWidth: 512, hiddenWidth: 256);
        var shapes = vae.state_dict().ToDictionary(tensor => tensor.Key, tensor => tensor.Value.shape);

        Assert.Equal([256, 3, 4, 4], shapes["encoder.0.0.weight"]);
        Assert.Equal([256, 256, 3, 3], shapes["encoder.1.net.2.weight"]);
        Assert.Equal([256, 256, 1, 1], shapes["encoder.5.net.4.weight"]);
        Assert.Equal([8192, 256, 1, 1], shapes["encoder.6.weight"]);
        Assert.Equal([8192, 512], shapes["codebook.weight"]);
        Assert.Equal([512, 256, 4, 4], shapes["decoder.0.0.weight"]);
        Assert.Equal([3, 256, 1, 1], shapes["decoder.6.weight"]);
        Assert.Equal(53, shapes.Count);
    }

    /// <summary>The library behind convolutions has been wrong for some numbers of channels, forward and backward.</summary>
    [Theory]
    [InlineData(16, 16)]
    [InlineData(32, 48)]
    public void Loss_and_gradients_are_those_of_double_precision(int hidden, int codebook)
    {
        using var vae = Vae(hidden, codebook);
        var images = rand([16, 3, 32, 32], generator: _generator);
        var (loss, gradients) = Gradients(vae, images);
        vae.to(ScalarType.Float64);
        var (exact, exactGradients) = Gradients(vae, images.to(ScalarType.Float64));

        Assert.Equal(exact, loss, 1e-4);
        foreach (var (name, gradient) in exactGradients)
        {
            var error = (gradients[name].to(ScalarType.Float64) - gradient).norm().item<double>() / gradient.norm().item<double>();
            Assert.True(error < 1e-3, $"The gradient of {name} is wrong by {error}.");
        }
    }

    [Fact]
    public void It_learns_to_paint_a_picture_from_its_tokens()
    {
        using var vae = Vae(16, 16);
        var images = (arange(32).view(1, 1, 1, 32).expand(16, 3, 32, 32) / 31f).contiguous();
        images[1] = 1 - images[1]; // sixteen, since fewer take another way through libtorch, which warns
        double Error() => (vae.Pictures(vae.Tokens(images)) - images).square().mean().item<float>();
        var before = Error();
        using var adam = optim.Adam(vae.parameters(), 5e-3);
        for (var step = 0; step < 150; step++)
        {
            using var scope = NewDisposeScope();
            adam.zero_grad();
            vae.Loss(images, temperature: Math.Pow(0.1, step / 150.0), klWeight: 0, _generator).backward();
            adam.step();
        }

        Assert.True(Error() < before / 5, $"The error was {before} and is {Error()}.");
    }

    [Fact]
    public async Task The_tokenizer_of_a_file_gives_the_tokens_of_the_model_that_wrote_it()
    {
        using var vae = Vae(16, 32);
        var path = Path.Combine(_folder.FullName, "vae");
        ModelFile.Save(vae, path, new Dictionary<string, string>());
        var pixels = new byte[2 * 32 * 32 * 3];
        new Random(1).NextBytes(pixels);
        var images = (tensor(pixels, [2, 32, 32, 3]).permute(0, 3, 1, 2).to(ScalarType.Float32) / 255).contiguous();

        using var tokenizer = LearnedTokenizer.OfDvae(path, 4, CPU);
        var tokens = await tokenizer.TokenizeAsync(pixels, 2, TestContext.Current.CancellationToken);

        Assert.Equal((50, 32), (tokenizer.Vocabulary, tokenizer.ImageSize));
        Assert.Equal(vae.Tokens(images).flatten().data<long>().Select(token => (int)token), tokens);
    }

    [Fact]
    public void A_file_of_another_model_is_no_tokenizer()
    {
        using var mae = new Mae(ModelShape.For(AspireFed.Contracts.Specs.ModelSize.Nano));
        var path = Path.Combine(_folder.FullName, "mae");
        ModelFile.Save(mae, path, new Dictionary<string, string>());

        Assert.Contains("no discrete VAE", Assert.Throws<Contracts.InputException>(() => LearnedTokenizer.OfDvae(path, 8, CPU)).Message, StringComparison.Ordinal);
        Assert.Contains("no DALL-E encoder", Assert.Throws<Contracts.InputException>(() => LearnedTokenizer.OfDalle(path, 8, CPU)).Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    private DiscreteVae Vae(int hidden, int codebook)
    {
        var vae = new DiscreteVae(4, 50, codebook, hidden);
        vae.Initialize(_generator);
        return vae;
    }

    private static (double Loss, Dictionary<string, Tensor> Gradients) Gradients(DiscreteVae vae, Tensor images)
    {
        foreach (var parameter in vae.parameters()) parameter.grad = null;
        using var noise = new Generator(5);
        var loss = vae.Loss(images, temperature: 0.7, klWeight: 0.1, noise);
        loss.backward();
        return (loss.to(ScalarType.Float64).item<double>(), vae.named_parameters().ToDictionary(p => p.name, p => p.parameter.grad!.clone()));
    }
}
