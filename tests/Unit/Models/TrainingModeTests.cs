using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Models;
using AspireFed.Models.Layers;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class TrainingModeTests
{
    private static readonly ModelShape Small = new(16, 8, 12, 3, 3, 8, 1, 2);

    [Fact]
    public void Paths_are_dropped_in_training_only_and_by_the_given_generator()
    {
        using var scope = NewDisposeScope();
        using var model = new VisionTransformer(Small, 2, dropPath: 0.5);
        using var start = new Generator(1);
        model.Initialize(start);
        var images = rand(16, 3, 16, 16, generator: start);

        model.eval();
        Assert.True(model.Forward(images).equal(model.Forward(images, new Generator(3))).all().item<bool>());

        model.train();
        Assert.True(model.Forward(images, new Generator(3)).equal(model.Forward(images, new Generator(3))).all().item<bool>());
        Assert.False(model.Forward(images, new Generator(3)).equal(model.Forward(images, new Generator(4))).all().item<bool>());
        Assert.Throws<ArgumentNullException>(() => model.Forward(images));
    }

    [Fact]
    public void Dropped_paths_are_made_up_for_on_average()
    {
        using var scope = NewDisposeScope();
        var drawn = DropPath.Draw(zeros(10_000, 1, 1), 0.2, new Generator(3));

        Assert.Equal([0f, 1.25f], drawn.unique().output.data<float>().ToArray());
        Assert.Equal(1, drawn.mean().item<float>(), 0.03);
    }

    [Theory]
    [InlineData(1, new[] { 0.0 })]
    [InlineData(3, new[] { 0.0, 0.1, 0.2 })]
    public void Rates_rise_linearly(int blocks, double[] expected) =>
        Assert.Equal(expected, Enumerable.Range(0, blocks).Select(block => DropPath.RateOf(block, blocks, 0.2)));

    [Fact]
    public void Bf16_holds_for_matrix_products_inside_the_scope_and_not_after_it()
    {
        using var scope = NewDisposeScope();
        var (a, b) = (rand(4, 8, generator: new Generator(1)), rand(8, 4, generator: new Generator(2)));

        using (MatrixPrecision.Use(Precision.Bf16, CPU)) Assert.Equal(ScalarType.BFloat16, matmul(a, b).dtype);

        Assert.Equal(ScalarType.Float32, matmul(a, b).dtype);
    }

    [Fact]
    public void A_bf16_forward_pass_is_near_the_fp32_one_and_leaves_fp32_gradients()
    {
        using var scope = NewDisposeScope();
        using var mae = new Mae(Small);
        using var generator = new Generator(1);
        mae.Initialize(generator);
        var (images, noise) = (rand(4, 3, 16, 16, generator: generator), rand(4, 4, generator: generator));
        var exact = mae.Forward(images, noise, 0.5, true).Loss.item<float>();

        Tensor loss;
        using (MatrixPrecision.Use(Precision.Bf16, CPU)) loss = mae.Forward(images, noise, 0.5, true).Loss;
        loss.backward();

        Assert.Equal(exact, loss.to(ScalarType.Float32).item<float>(), 0.02 * exact);
        Assert.All(mae.parameters().Where(parameter => parameter.requires_grad), parameter =>
        {
            Assert.Equal(ScalarType.Float32, parameter.grad!.dtype);
            Assert.True(parameter.grad!.isfinite().all().item<bool>());
        });
    }

    [Theory]
    [InlineData("gpu")]
    [InlineData("cuda:x")]
    [InlineData("cuda:99")]
    public void An_unknown_device_is_refused_by_name(string name) =>
        Assert.Contains(name, Assert.Throws<InputException>(() => ComputeDevice.Choose(name)).Message, StringComparison.Ordinal);

    [Fact]
    public void The_processor_can_be_chosen() => Assert.Equal(TorchSharp.DeviceType.CPU, ComputeDevice.Choose("cpu").type);
}
