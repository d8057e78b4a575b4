using System.Text.Json;
using AspireFed.Contracts.Specs;
using AspireFed.Models;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class StateDictTests
{
    private const int Vocabulary = 8192, Classes = 2;

    [Theory]
    [InlineData("mae_pretrain", "mae_pretrain")]
    [InlineData("mae_finetune_global_pool", "mae_finetune_scratch")]
    [InlineData("mae_finetune_cls_token", null)]
    [InlineData("beit_pretrain", "beit_pretrain")]
    [InlineData("beit_finetune", "beit_finetune_scratch")]
    public void Names_shapes_order_and_start_values_are_those_of_the_reference(string name, string? statistics)
    {
        using var scope = NewDisposeScope();
        using var shapes = JsonDocument.Parse(File.ReadAllBytes(ParityCase.PathOf("shapes.json")));
        var expected = shapes.RootElement.GetProperty("models").GetProperty(name);
        using var model = Create(name);

        Assert.Equal(expected.GetProperty("state_dict_order").Deserialize<string[]>(), StateTensors.Of(model).Keys);
        Assert.Equal(
            expected.GetProperty("parameters").EnumerateArray().Select(Describe),
            model.named_parameters().Select(named => Describe(named.name, named.parameter.shape, named.parameter.requires_grad)));
        Assert.Equal(expected.GetProperty("total_parameters").GetInt64(), model.parameters().Sum(parameter => parameter.numel()));

        using var generator = new Generator(7);
        model.Initialize(generator);
        if (statistics is not null) AssertStatistics(model, statistics);
    }

    [Fact]
    public void Equal_generators_give_equal_start_values()
    {
        using var scope = NewDisposeScope();
        using var first = new Mae(ModelShape.For(ModelSize.Nano));
        using var second = new Mae(ModelShape.For(ModelSize.Nano));
        using var generator = new Generator(5);
        using var same = new Generator(5);

        first.Initialize(generator);
        second.Initialize(same);

        foreach (var (one, other) in first.parameters().Zip(second.parameters()))
            Assert.True(one.equal(other).all().item<bool>());
    }

    private static void AssertStatistics(nn.Module model, string name)
    {
        using var all = JsonDocument.Parse(File.ReadAllBytes(Path.Combine(ParityCase.PathOf("initialisation"), "statistics.json")));
        foreach (var (parameterName, parameter) in model.named_parameters())
        {
            var expected = all.RootElement.GetProperty(name).GetProperty(parameterName);
            using var scope = NewDisposeScope();
            var values = parameter.detach().to(ScalarType.Float64);
            var (count, deviation) = (expected.GetProperty("n").GetInt64(), expected.GetProperty("std").GetDouble());
            Assert.Equal(count, values.numel());
            if (deviation < 1e-7) // constants
            {
                Assert.Equal(expected.GetProperty("min").GetDouble(), values.min().item<double>(), 1e-7);
                Assert.Equal(expected.GetProperty("max").GetDouble(), values.max().item<double>(), 1e-7);
                continue;
            }
            // 3 % at large counts, as the case says; at small ones the numbers of the reference are as much chance as these.
            var margin = Math.Max(0.03, 6 / Math.Sqrt(count));
            var drawn = values.std().item<double>();
            Assert.True(Math.Abs((drawn / deviation) - 1) < margin, $"{parameterName}: deviation {drawn}, not {deviation}");
            Assert.Equal(expected.GetProperty("mean").GetDouble(), values.mean().item<double>(), deviation * 8 / Math.Sqrt(count));
            var largest = Math.Max(-expected.GetProperty("min").GetDouble(), expected.GetProperty("max").GetDouble());
            Assert.InRange(values.abs().max().item<double>(), 0, 1.25 * largest);
        }
    }

    private static string Describe(JsonElement parameter) => Describe(
        parameter.GetProperty("name").GetString()!,
        parameter.GetProperty("shape").Deserialize<long[]>()!,
        parameter.GetProperty("requires_grad").GetBoolean());

    private static string Describe(string name, long[] shape, bool trained) =>
        $"{name} [{string.Join(", ", shape)}]{(trained ? "" : " fixed")}";

    private static VisionModel Create(string name)
    {
        var shape = ModelShape.For(ModelSize.Base);
        return name switch
        {
            "mae_pretrain" => new Mae(shape),
            "mae_finetune_global_pool" => new VisionTransformer(shape, Classes),
            "mae_finetune_cls_token" => new VisionTransformer(shape, Classes, pooling: Pooling.ClassToken),
            "beit_pretrain" => new BeitPretraining(shape, Vocabulary),
            "beit_finetune" => new BeitClassifier(shape, Classes),
            _ => throw new ArgumentOutOfRangeException(nameof(name), name, null),
        };
    }
}
