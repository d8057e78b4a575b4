using System.IO.Compression;
using System.Text;
using AspireFed.Contracts;
using AspireFed.Models;
using AspireFed.Models.Transfer;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Models;

public sealed class ModelTransferTests : IDisposable
{
    private static readonly ModelShape Small = new(32, 8, 24, 2, 3, 12, 1, 3);
    private static readonly Dictionary<string, string> Metadata = [];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("transfer-");
    private readonly DisposeScope _scope;
    private readonly Generator _generator;

    public ModelTransferTests()
    {
        TorchNative.EnsureLoaded();
        _scope = NewDisposeScope();
        _generator = new Generator(1);
    }

    [Theory]
    [InlineData("model")]
    [InlineData("module")]
    [InlineData("state.model")]
    public void A_state_dict_under_a_key_of_a_PyTorch_file_is_found(string key)
    {
        using var mae = new Mae(Small);
        mae.Initialize(_generator);
        ModelFile.Save(mae, At("mae"), Metadata);
        using (var source = CheckpointFile.Open(At("mae"))) new CheckpointConversion(source).WriteTorch(At("mae.pth"), key, TestContext.Current.CancellationToken);
        using var next = new Mae(Small);

        var report = ModelTransfer.Start(next, At("mae.pth"), _generator);

        Assert.Empty(report.New);
        Assert.Empty(report.Left);
        AssertEqual(mae, next);
    }

    [Fact]
    public void Pretraining_goes_on_from_an_encoder_alone_with_a_new_decoder()
    {
        using var mae = new Mae(Small);
        mae.Initialize(_generator);
        ModelFile.Save(mae, At("mae"), Metadata);
        using var wider = new Mae(Small with { DecoderWidth = 36 });
        wider.Initialize(_generator);

        var report = ModelTransfer.Start(wider, At("mae"), _generator);

        Assert.Contains("blocks.1.mlp.fc2.weight", report.Taken);
        Assert.Contains("decoder_embed.weight", report.New);
        Assert.True(mae.get_parameter("cls_token")!.equal(wider.get_parameter("cls_token")!).all().item<bool>());
    }

    [Fact]
    public void A_fine_tuned_model_is_taken_whole_and_a_pretrained_one_is_refused_with_an_explanation()
    {
        using var mae = new Mae(Small);
        ModelFile.Save(mae, At("mae"), Metadata);
        using var tuned = new VisionTransformer(Small, 3);
        tuned.Initialize(_generator);
        ModelFile.Save(tuned, At("tuned"), Metadata);
        using var next = new VisionTransformer(Small, 3);
        using var fewerClasses = new VisionTransformer(Small, 2);

        var pretrained = Assert.Throws<InputException>(() => ModelTransfer.Whole(next, At("mae")));
        var classes = Assert.Throws<InputException>(() => ModelTransfer.Whole(fewerClasses, At("tuned")));
        ModelTransfer.Whole(next, At("tuned"));

        Assert.Contains("only pre-trained", pretrained.Message, StringComparison.Ordinal);
        Assert.Contains("head.weight", classes.Message, StringComparison.Ordinal);
        AssertEqual(tuned, next);
    }

    [Fact]
    public void A_vision_transformer_published_with_JAX_gives_the_same_features()
    {
        using var model = new VisionTransformer(Small, 3, pooling: Pooling.ClassToken);
        foreach (var parameter in model.parameters()) using (no_grad()) parameter.normal_(0, 0.3, _generator);
        WriteJax(model, At("vit.npz"));
        using var next = new VisionTransformer(Small, 3, pooling: Pooling.ClassToken);

        var report = ModelTransfer.Whole(next, At("vit.npz"));

        Assert.Equal(["pre_logits/bias"], report.Left);
        AssertEqual(model, next);
    }

    public void Dispose()
    {
        _generator.Dispose();
        _scope.Dispose();
        _folder.Delete(recursive: true);
    }

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private static void AssertEqual(nn.Module expected, nn.Module actual)
    {
        var tensors = actual.state_dict();
        foreach (var (name, tensor) in expected.state_dict())
            Assert.True(tensor.equal(tensors[name]).all().item<bool>(), $"{name} differs.");
    }

    /// <summary>Writes a model as the first vision transformers were published: kernels [in, out], attention by heads.</summary>
    private static void WriteJax(VisionTransformer model, string path)
    {
        var (width, heads) = (Small.Width, Small.Heads);
        var from = model.state_dict();
        using var file = File.Create(path);
        using var zip = new ZipArchive(file, ZipArchiveMode.Create);
        Array("cls", from["cls_token"]);
        Array("embedding/kernel", from["patch_embed.proj.weight"].permute(2, 3, 1, 0));
        Array("embedding/bias", from["patch_embed.proj.bias"]);
        Array("Transformer/posembed_input/pos_embedding", from["pos_embed"]);
        for (var i = 0; i < Small.Depth; i++)
        {
            var (block, to) = ($"blocks.{i}.", $"Transformer/encoderblock_{i}/");
            Norm($"{to}LayerNorm_0", $"{block}norm1");
            Norm($"{to}LayerNorm_2", $"{block}norm2");
            var weights = from[$"{block}attn.qkv.weight"].chunk(3);
            var biases = from[$"{block}attn.qkv.bias"].chunk(3);
            foreach (var (name, part) in new[] { ("query", 0), ("key", 1), ("value", 2) })
            {
                Array($"{to}MultiHeadDotProductAttention_1/{name}/kernel", weights[part].t().reshape(width, heads, width / heads));
                Array($"{to}MultiHeadDotProductAttention_1/{name}/bias", biases[part].reshape(heads, width / heads));
            }
            Array($"{to}MultiHeadDotProductAttention_1/out/kernel", from[$"{block}attn.proj.weight"].t().reshape(heads, width / heads, width));
            Array($"{to}MultiHeadDotProductAttention_1/out/bias", from[$"{block}attn.proj.bias"]);
            Linear($"{to}MlpBlock_3/Dense_0", $"{block}mlp.fc1");
            Linear($"{to}MlpBlock_3/Dense_1", $"{block}mlp.fc2");
        }
        Norm("Transformer/encoder_norm", "norm");
        Linear("head", "head");
        Array("pre_logits/bias", zeros(4));

        void Norm(string name, string of)
        {
            Array($"{name}/scale", from[$"{of}.weight"]);
            Array($"{name}/bias", from[$"{of}.bias"]);
        }

        void Linear(string name, string of)
        {
            Array($"{name}/kernel", from[$"{of}.weight"].t());
            Array($"{name}/bias", from[$"{of}.bias"]);
        }

        void Array(string name, Tensor values)
        {
            using var entry = zip.CreateEntry($"{name}.npy", CompressionLevel.NoCompression).Open();
            var shape = string.Join(", ", values.shape) + (values.dim() == 1 ? "," : "");
            var header = $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({shape}), }}".PadRight(117) + "\n";
            entry.Write([0x93, (byte)'N', (byte)'U', (byte)'M', (byte)'P', (byte)'Y', 1, 0, (byte)header.Length, 0]);
            entry.Write(Encoding.Latin1.GetBytes(header));
            entry.Write(values.contiguous().bytes);
        }
    }
}
