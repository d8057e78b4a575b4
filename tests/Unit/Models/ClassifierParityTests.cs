using System.Text.Json;
using AspireFed.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class ClassifierParityTests
{
    [Theory]
    [InlineData("mae-finetune", "pool", "weights.safetensors")]
    [InlineData("mae-finetune", "cls", "weights-cls.safetensors")]
    [InlineData("mae-finetune", "interp", "weights-interp.safetensors")]
    [InlineData("beit-finetune", "same", "weights.safetensors")]
    [InlineData("beit-finetune", "interp", "weights-interp.safetensors")]
    public void Logits_losses_and_gradients_are_those_of_the_reference(string name, string variant, string weights)
    {
        using var scope = NewDisposeScope();
        var parity = ParityCase.Open(name);
        using var model = Model(parity, name, variant);
        ModelFile.Load(model, parity.FilePath(weights));
        var io = parity.Tensors("io.safetensors");
        var labels = io[$"{variant}.in.labels"];

        var logits = model.Forward(io[$"{variant}.in.images"]);
        var smoothed = nn.functional.cross_entropy(logits, labels, label_smoothing: parity.Config.GetProperty("smoothing").GetDouble());
        smoothed.backward();

        parity.AssertClose(io[$"{variant}.out.logits"], logits, "logits");
        parity.AssertClose(io[$"{variant}.out.loss"], smoothed, "smoothed loss");
        parity.AssertClose(io[$"{variant}.out.loss_ce"], nn.functional.cross_entropy(logits, labels), "loss");
        var prefix = $"{variant}.grad.";
        if (io.Keys.Count(key => key.StartsWith(prefix, StringComparison.Ordinal)) > 8) parity.AssertGradients(model, io, prefix);
        else AssertSomeGradients(parity, model, io, prefix);
    }

    [Theory]
    [InlineData("mae-finetune", "pool", "weights.safetensors")]
    [InlineData("mae-finetune", "cls", "weights-cls.safetensors")]
    [InlineData("mae-finetune", "interp", "weights-interp.safetensors")]
    [InlineData("beit-finetune", "same", "weights.safetensors")]
    [InlineData("beit-finetune", "interp", "weights-interp.safetensors")]
    public void Pretrained_weights_are_taken_over_as_in_the_reference(string name, string variant, string weights)
    {
        using var scope = NewDisposeScope();
        var parity = ParityCase.Open(name);
        using var model = Model(parity, name, variant);
        using var generator = new Generator(1);
        model.Initialize(generator);

        var report = ModelTransfer.Load(model, parity.FilePath("pretrain-checkpoint.safetensors"), generator);

        var fresh = parity.Description.GetProperty("tensors_not_from_checkpoint").GetProperty(variant).Deserialize<string[]>()!;
        Assert.Equal(fresh.Order(StringComparer.Ordinal), report.New.Order(StringComparer.Ordinal));
        var expected = parity.Tensors(weights);
        var actual = model.state_dict();
        Assert.Equal(expected.Keys.Order(StringComparer.Ordinal), actual.Keys.Order(StringComparer.Ordinal));
        foreach (var taken in report.Taken)
        {
            var tolerance = taken.EndsWith("bias_table", StringComparison.Ordinal) ? "interpolated_tables" : "default";
            parity.AssertClose(expected[taken], actual[taken], taken, tolerance);
        }
        Assert.InRange(actual["head.weight"].abs().max().item<float>(), 1e-6f, 2e-4f);
    }

    private static void AssertSomeGradients(ParityCase parity, nn.Module model, Dictionary<string, Tensor> io, string prefix)
    {
        var recorded = io.Where(entry => entry.Key.StartsWith(prefix, StringComparison.Ordinal)).ToList();
        Assert.NotEmpty(recorded);
        foreach (var (name, expected) in recorded)
            parity.AssertClose(expected, model.get_parameter(name[prefix.Length..])!.grad!, name, "grad");
    }

    private static ImageClassifier Model(ParityCase parity, string name, string variant)
    {
        var config = parity.Config.GetProperty("finetune");
        var shape = ParityShapes.Shape(config, variant == "interp" ? parity.Config.GetProperty("interp_img_size").GetInt32() : null);
        var classes = config.GetProperty("num_classes").GetInt32();
        return name == "beit-finetune"
            ? new BeitClassifier(shape, classes, ParityShapes.Beit(config))
            : new VisionTransformer(shape, classes, pooling: variant == "cls" ? Pooling.ClassToken : Pooling.Mean);
    }
}
