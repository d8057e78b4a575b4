using AspireFed.Fed;
using AspireFed.Weights;
using Spectre.Console.Testing;

namespace AspireFed.Tests.Unit.Fed;

public sealed class CheckpointCommandTests : IDisposable
{
    private static readonly CheckpointTensor[] Tensors =
        [new("norm.weight", TensorType.F32, [3], 12), new("index", TensorType.I64, [2, 2], 32)];

    private readonly TestConsole _output = new TestConsole().Width(200);
    private readonly TestConsole _error = new TestConsole().Width(400);
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-").FullName;

    public void Dispose()
    {
        _output.Dispose();
        _error.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Show_lists_tensors_and_metadata()
    {
        WriteTorch("model.pth");

        Assert.Equal(ExitCode.Success, await FedAsync("checkpoint", "show", "model.pth"));

        Assert.Contains("PyTorch, zip archive: 2 tensors", _output.Output, StringComparison.Ordinal);
        Assert.Matches(@"model\.norm\.weight +F32 +\[3\] +12", _output.Output);
        Assert.Matches(@"model\.index +I64 +\[2, 2\] +32", _output.Output);
        Assert.Matches(@"epoch +1599", _output.Output);
    }

    [Fact]
    public async Task Convert_goes_both_ways_and_says_what_was_left_out()
    {
        WriteTorch("model.pth");

        Assert.Equal(ExitCode.Success, await FedAsync("checkpoint", "convert", "model.pth", "model.safetensors", "--take", "model"));
        Assert.Equal(ExitCode.Success, await FedAsync("checkpoint", "convert", "model.safetensors", "back.pth"));
        Assert.Equal(ExitCode.Success, await FedAsync("checkpoint", "convert", "model.safetensors", "keyed.pth", "--under", "model"));

        Assert.Contains("note metadata (epoch): a state dict without a key has no place for it", _output.Output, StringComparison.Ordinal);
        using var middle = CheckpointFile.Open(In("model.safetensors"));
        Assert.Equal(["index", "norm.weight"], middle.Tensors.Select(tensor => tensor.Name));
        Assert.Equal("1599", middle.Metadata["epoch"]);
        using var back = CheckpointFile.Open(In("back.pth"));
        Assert.Equal(Content(Tensors[1]), back.Read(back.Find("index")!));
        Assert.Equal(File.ReadAllBytes(In("model.pth")).Length, File.ReadAllBytes(In("keyed.pth")).Length);
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_only_by_force()
    {
        WriteTorch("model.pth");
        await File.WriteAllTextAsync(In("there.safetensors"), "mine", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.WrongInput, await FedAsync("checkpoint", "convert", "model.pth", "there.safetensors"));
        Assert.Contains("--force", _error.Output, StringComparison.Ordinal);
        Assert.Equal("mine", await File.ReadAllTextAsync(In("there.safetensors"), TestContext.Current.CancellationToken));

        Assert.Equal(ExitCode.Success, await FedAsync("checkpoint", "convert", "model.pth", "there.safetensors", "--force"));
        Assert.Equal(["model.pth", "there.safetensors"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("There is no file", "checkpoint", "show", "absent.pth")]
    [InlineData("is neither a safetensors file nor one of PyTorch", "checkpoint", "show", "text.pth")]
    [InlineData("is a folder", "checkpoint", "show", ".")]
    [InlineData("does not say which format is meant", "checkpoint", "convert", "model.pth", "model.onnx")]
    [InlineData("There is no folder", "checkpoint", "convert", "model.pth", "absent/model.safetensors")]
    [InlineData("--under is for .pth files only", "checkpoint", "convert", "model.pth", "a.safetensors", "--under", "model")]
    [InlineData("has no tensors under the key teacher", "checkpoint", "convert", "model.pth", "a.safetensors", "--take", "teacher")]
    public async Task A_mistake_ends_in_one_sentence(string expected, params string[] args)
    {
        WriteTorch("model.pth");
        await File.WriteAllTextAsync(In("text.pth"), "no weights at all", TestContext.Current.CancellationToken);

        Assert.Equal(ExitCode.WrongInput, await FedAsync(args));

        Assert.Contains(expected, _error.Output.ReplaceLineEndings(" "), StringComparison.Ordinal);
        Assert.Equal(["model.pth", "text.pth"], Directory.GetFiles(_folder).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    private void WriteTorch(string name)
    {
        using var writer = TorchWriter.Create(In(name), Tensors, "model", new Dictionary<string, string> { ["epoch"] = "1599" });
        foreach (var tensor in Tensors) writer.Write(tensor, Content(tensor));
        writer.Complete();
    }

    private static byte[] Content(CheckpointTensor tensor) => [.. Enumerable.Range(0, (int)tensor.Length).Select(i => (byte)i)];

    private string In(string name) => Path.Combine(_folder, name);

    private async Task<int> FedAsync(params string[] args)
    {
        using var session = new FedSession(_output, _error, _folder);
        return await FedApp.RunAsync(args, session, TestContext.Current.CancellationToken);
    }
}
