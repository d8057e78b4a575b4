using System.Runtime.InteropServices;
using AspireFed.Contracts.Specs;
using AspireFed.Models;
using AspireFed.Tests.Parity.Federated;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Tests.Unit.Weights.Torch;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Logits;

/// <summary>
/// Whoever takes a fine-tuned model of ours to PyTorch gets what it gave here. The modules there are those of logits.py, which knows
/// nothing of this code: it builds them from the names and shapes of the public models.
/// </summary>
public sealed class ClassifierLogitsTests(ITestOutputHelper output)
{
    private const double Tolerance = 1e-4;

    public static IEnumerable<TheoryDataRow<string>> Descriptions() =>
        RecordingsFolder.Rows().Where(row => row.Skip is not null || row.Data.EndsWith(".json", StringComparison.Ordinal));

    [Theory]
    [MemberData(nameof(Descriptions))]
    public void The_modules_in_PyTorch_have_the_names_and_shapes_of_the_public_classifiers(string name) =>
        PyTorch.Run(Script, "shapes", Path.Combine(RecordingsFolder.Path, name));

    [Theory]
    [InlineData(ModelFamily.Beit, Pooling.Mean)]
    [InlineData(ModelFamily.Beit, Pooling.ClassToken)]
    [InlineData(ModelFamily.Mae, Pooling.Mean)]
    [InlineData(ModelFamily.Mae, Pooling.ClassToken)]
    public void A_classifier_that_was_converted_gives_the_same_logits_in_PyTorch(ModelFamily family, Pooling pooling)
    {
        TorchNative.EnsureLoaded();
        using var scope = NewDisposeScope();
        using var generator = new Generator();
        generator.manual_seed(11);
        using var model = Create(family, pooling);
        model.eval();
        DrawAll(model, generator);
        var images = empty(3, 3, model.Shape.ImageSize, model.Shape.ImageSize).normal_(0, 1, generator);
        var logits = model.Forward(images);
        AssertEveryTensorCounts(model, logits);

        using var files = new Updates();
        var (checkpoint, given) = (Convert(files.Save(model), "model"), Convert(files.Save([("images", images)])));
        var answer = Path.ChangeExtension(given, ".logits.pth");
        PyTorch.Run(Script, "logits", checkpoint, given, answer);

        using var theirs = CheckpointFile.Open(answer);
        var entry = theirs.Find("logits")!;
        Assert.Equal(logits.shape, entry.Shape);
        var there = tensor(MemoryMarshal.Cast<byte, float>(theirs.Read(entry)).ToArray()).view(logits.shape);
        var difference = Largest(there - logits);
        output.WriteLine(
            $"The logits reach {Largest(logits):g3} and differ by {difference:g3}: {100 * difference / Tolerance:f1} % of what is allowed.");
        Assert.True(difference <= Tolerance, $"The logits differ by {difference:g3}.");
    }

    private static string Script => File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "Logits", "logits.py"));

    private static ImageClassifier Create(ModelFamily family, Pooling pooling)
    {
        var shape = ModelShape.For(ModelSize.Nano);
        return family == ModelFamily.Beit
            ? new BeitClassifier(shape, 5, BeitOptions.Classification with { Pooling = pooling })
            : new VisionTransformer(shape, 5, pooling: pooling);
    }

    /// <summary>Numbers as far from the start values as a long training could bring them, none too small to be seen.</summary>
    private static void DrawAll(ImageClassifier model, Generator generator)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            var deviation = name.EndsWith("relative_position_bias_table", StringComparison.Ordinal) ? 1
                : parameter.dim() is 2 or 4 ? Math.Sqrt((double)parameter.shape[0] / parameter.numel())
                : 0.4;
            // Before the first norm all is small, so that the epsilon of a norm is seen too.
            if (name.StartsWith("patch_embed.", StringComparison.Ordinal) || parameter.dim() == 3) deviation *= 0.05;
            parameter.normal_(0, deviation, generator);
            if (parameter.dim() == 1 && !name.EndsWith("bias", StringComparison.Ordinal)) parameter.add_(1); // scales
        }
    }

    /// <summary>A tensor that PyTorch took wrongly could not stay unseen: each moves the logits far more than is allowed.</summary>
    private static void AssertEveryTensorCounts(ImageClassifier model, Tensor logits)
    {
        logits.select(1, 0).sum().backward();
        foreach (var (name, parameter) in model.named_parameters())
        {
            var effect = (parameter.grad! * parameter).abs().sum().item<float>();
            Assert.True(effect > 10 * Tolerance, $"{name} moves the logits by {effect:g3} only.");
        }
    }

    /// <summary>What `fed checkpoint convert` does, with `--under` where there is a key.</summary>
    private static string Convert(string path, string? key = null)
    {
        var converted = Path.ChangeExtension(path, ".pth");
        using var checkpoint = CheckpointFile.Open(path);
        new CheckpointConversion(checkpoint).WriteTorch(converted, key, TestContext.Current.CancellationToken);
        return converted;
    }

    private static double Largest(Tensor values) => values.abs().max().item<float>();
}
