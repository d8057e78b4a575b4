using System.Net;
using System.Security.Cryptography;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Fed;
using AspireFed.Weights;
using Spectre.Console.Testing;

namespace AspireFed.Tests.Unit.Fed;

public sealed class CheckpointGetTests : IDisposable
{
    private readonly TestConsole _output = new TestConsole().Width(300);
    private readonly TestConsole _error = new TestConsole().Width(300);
    private readonly FakeAggregator _server = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("fed-").FullName;
    private readonly byte[] _model;
    private byte[] _hash;

    public CheckpointGetTests()
    {
        string path = Path.Combine(_folder, "source.safetensors");
        var header = SafetensorsHeader.Create([("head.bias", TensorType.F32, [2L])], new Dictionary<string, string>());
        using (var writer = SafetensorsWriter.Create(path, header))
        {
            writer.Write("head.bias", [0, 0, 128, 63, 0, 0, 0, 64]);
            writer.Complete();
        }
        _model = File.ReadAllBytes(path);
        File.Delete(path);
        var view = Sample.View("demo-1", ExperimentState.Completed);
        _server.On("GET /experiments", new[] { view.Summary }).On("GET /experiments/demo-1", view with { Rounds = [Round(1), Round(2)] });
        _hash = SHA256.HashData(_model);
        _server.On("GET /experiments/demo-1/models/pretrain/2", _ =>
        {
            var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new ByteArrayContent(_model) };
            response.Headers.Add("Repr-Digest", $"sha-256=:{Convert.ToBase64String(_hash)}:");
            return response;
        });
    }

    public void Dispose()
    {
        Directory.Delete(_folder, recursive: true);
        _server.Dispose();
        _output.Dispose();
        _error.Dispose();
    }

    [Fact]
    public async Task The_last_round_is_fetched_as_it_lies_in_the_store()
    {
        Assert.Equal(ExitCode.Success, await FedAsync("checkpoint", "get", "demo-1"));
        Assert.Equal(_model, await File.ReadAllBytesAsync(Path.Combine(_folder, "demo-1-pretrain-2.safetensors"), Cancel));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task A_model_is_fetched_as_a_pytorch_file_under_the_public_key()
    {
        Assert.Equal(ExitCode.Success, await FedAsync("checkpoint", "get", "demo-1", "--format", "pth"));
        using var checkpoint = CheckpointFile.Open(Path.Combine(_folder, "demo-1-pretrain-2.pth"));
        Assert.Equal(["model.head.bias"], checkpoint.Tensors.Select(tensor => tensor.Name));
        Assert.Single(Directory.GetFiles(_folder));
    }

    [Fact]
    public async Task Other_bytes_than_the_server_says_are_refused_and_nothing_is_left()
    {
        _hash = new byte[32];
        Assert.Equal(ExitCode.ServerUnreachable, await FedAsync("checkpoint", "get", "demo-1"));
        Assert.Contains("other bytes than it has there", _error.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Theory]
    [InlineData("no committed round 7; the last is 2", "--round", "7")]
    [InlineData("no committed round of the stage finetune yet", "--stage", "finetune")]
    [InlineData("There is no stage `tune`", "--stage", "tune")]
    [InlineData("let it end in .safetensors, .pth or .pt", "--format", "onnx")]
    public async Task What_there_is_not_is_told_in_a_sentence(string sentence, params string[] options)
    {
        Assert.Equal(ExitCode.WrongInput, await FedAsync(["checkpoint", "get", "demo-1", .. options]));
        Assert.Contains(sentence, _error.Output, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static RoundView Round(int number) => new(
        new RoundCommit(
            new RoundDecision(new RoundKey("demo-1", Stage.Pretrain, number), [], []), new ObjectRef("global", "00", 1), Loss: 1), null);

    private async Task<int> FedAsync(params string[] args)
    {
        using var session = new FedSession(_output, _error, _folder, _server);
        return await FedApp.RunAsync([.. args, "--server", "http://aggregator.test:5000"], session, Cancel);
    }
}
