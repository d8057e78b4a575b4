using AspireFed.Contracts;
using AspireFed.Models;
using AspireFed.Models.Transfer;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class ModelFileTests : IDisposable
{
    private static readonly ModelShape Small = new(16, 8, 12, 2, 3, 8, 1, 2);
    private static readonly Dictionary<string, string> Metadata = new() { ["format"] = "pt", ["stage"] = "pretrain", ["round"] = "3" };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("aspirefed-models-");

    [Fact]
    public void What_is_saved_is_loaded_to_the_bit_and_saved_again_to_the_byte()
    {
        using var model = new BeitPretraining(Small, 5);
        using var copy = new BeitPretraining(Small, 5);
        using var generator = new Generator(1);
        model.Initialize(generator);

        ModelFile.Save(model, Path("a"), Metadata);
        ModelFile.Load(copy, Path("a"));
        ModelFile.Save(copy, Path("b"), Metadata);

        Assert.Equal(File.ReadAllBytes(Path("a")), File.ReadAllBytes(Path("b")));
        foreach (var (name, tensor) in model.state_dict())
            Assert.True(tensor.equal(copy.state_dict()[name]).all().item<bool>(), name);
    }

    [Fact]
    public void Weights_of_another_model_are_refused_with_one_sentence_and_change_nothing()
    {
        using var mae = new Mae(Small);
        using var beit = new BeitPretraining(Small, 5);
        using var generator = new Generator(1);
        mae.Initialize(generator);
        ModelFile.Save(mae, Path("mae"), Metadata);
        ModelFile.Save(beit, Path("before"), Metadata);

        var refused = Assert.Throws<InputException>(() => ModelFile.Load(beit, Path("mae")));

        Assert.Contains(Path("mae"), refused.Message, StringComparison.Ordinal);
        Assert.Contains("it lacks", refused.Message, StringComparison.Ordinal);
        Assert.Contains("more differences", refused.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refused.Message);
        ModelFile.Save(beit, Path("after"), Metadata);
        Assert.Equal(File.ReadAllBytes(Path("before")), File.ReadAllBytes(Path("after")));
    }

    [Fact]
    public void Weights_of_another_size_are_refused_with_both_shapes()
    {
        using var large = new Mae(Small);
        using var small = new Mae(Small with { Width = 24 });
        ModelFile.Save(large, Path("large"), Metadata);

        var refused = Assert.Throws<InputException>(() => ModelFile.Load(small, Path("large")));

        Assert.Contains("F32 [1, 1, 12] and not F32 [1, 1, 24]", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_missing_file_is_an_input_fault()
    {
        using var mae = new Mae(Small);

        var refused = Assert.Throws<InputException>(() => ModelFile.Load(mae, Path("nowhere")));

        Assert.Contains("nowhere", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Pretrained_weights_of_the_other_family_or_another_depth_are_refused()
    {
        using var mae = new Mae(Small);
        using var generator = new Generator(1);
        ModelFile.Save(mae, Path("mae"), Metadata);
        using var beit = new BeitClassifier(Small, 2);
        using var shallow = new VisionTransformer(Small with { Depth = 1 }, 2);

        var otherFamily = Assert.Throws<InputException>(() => ModelTransfer.Start(beit, Path("mae"), generator));
        var otherDepth = Assert.Throws<InputException>(() => ModelTransfer.Start(shallow, Path("mae"), generator));

        Assert.Contains("gamma_1", otherFamily.Message, StringComparison.Ordinal);
        Assert.Contains("blocks.1.", otherDepth.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_report_of_a_transfer_names_what_was_taken_left_and_made_anew()
    {
        using var mae = new Mae(Small);
        using var generator = new Generator(1);
        ModelFile.Save(mae, Path("mae"), Metadata);
        using var classifier = new VisionTransformer(Small, 2);

        var report = ModelTransfer.Start(classifier, Path("mae"), generator);

        Assert.Contains("pos_embed", report.Taken);
        Assert.True(classifier.get_parameter("pos_embed")!.requires_grad);
        Assert.Contains("decoder_pred.weight", report.Left);
        Assert.Contains("norm.weight", report.Left);
        Assert.Equal(["head.weight", "head.bias", "fc_norm.weight", "fc_norm.bias"], report.New);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Path(string name) => System.IO.Path.Combine(_folder.FullName, $"{name}.safetensors");
}
