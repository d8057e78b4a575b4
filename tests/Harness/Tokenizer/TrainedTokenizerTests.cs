using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Ledger;
using AspireFed.Models;
using AspireFed.Tests.Harness.Doubles;
using AspireFed.Training;
using static TorchSharp.torch;

namespace AspireFed.Tests.Harness.Tokenizer;

/// <summary>Tokenizers whose weights lie in the object store.</summary>
public sealed class TrainedTokenizerTests : IDisposable
{
    private const int Grid = 4;

    private readonly FolderObjectStore _store = new();
    private readonly string _file = Path.GetTempFileName();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Several_tokenizers_are_served_at_once_each_loaded_once_by_its_reference()
    {
        await using var server = await TokenizerServer.StartAsync(_store);
        var (dvae, other) = (await DvaeAsync(seed: 1), await DvaeAsync(seed: 2));
        var dalle = await DalleAsync();
        var pictures = Enumerable.Range(0, 16).Select(i => new RgbImage(32, 32, [.. Enumerable.Range(0, 3072).Select(p => (byte)(p * (i + 3)))])).ToArray();

        var formats = await Task.WhenAll(new[] { dvae, other, dalle, dvae }.Select(tokenizer => server.Tokens.DescribeAsync(tokenizer, Cancel)));
        var tokens = await Task.WhenAll(new[] { dvae, other, dalle, dvae }.Select(tokenizer => TokensAsync(server.Tokens, tokenizer, pictures)));

        Assert.Equal([new(32, 64), new(32, 64), new(32, 48), new(32, 64)], formats);
        Assert.Equal(tokens[0], tokens[3]);
        Assert.NotEqual(tokens[0], tokens[1]);
        Assert.Equal(16 * Grid * Grid, tokens[2].Length);
        Assert.All(tokens[2], token => Assert.InRange(token, 0, 47));
        Assert.Equal(3, _store.Calls.Count(call => call.Call == "get"));
    }

    [Fact]
    public async Task Weights_that_are_missing_or_of_another_model_are_refused_in_a_sentence_and_tried_again_when_asked_again()
    {
        await using var server = await TokenizerServer.StartAsync(_store);
        var good = await DvaeAsync(seed: 1);
        var missing = good with { Weights = good.Weights! with { Name = "checkpoints/none/weights" } };
        var wrong = good with { Spec = good.Spec with { Kind = TokenizerKind.DallE } };

        var none = await Assert.ThrowsAsync<InputException>(() => server.Tokens.DescribeAsync(missing, Cancel));
        var other = await Assert.ThrowsAsync<InputException>(() => server.Tokens.DescribeAsync(wrong, Cancel));
        await _store.PutFileAsync(missing.Weights!.Name, _file, Cancel);

        Assert.Contains("checkpoints/none/weights", none.Message, StringComparison.Ordinal);
        Assert.Contains("no DALL-E encoder", other.Message, StringComparison.Ordinal);
        Assert.Equal(64, (await server.Tokens.DescribeAsync(missing, Cancel)).Vocabulary);
    }

    [Fact]
    public async Task A_store_that_lists_and_gives_nothing_is_waited_for()
    {
        await using var server = await TokenizerServer.StartAsync(_store);
        var refusals = 1;
        _store.Fault = (call, _) => call == "get" && Interlocked.Decrement(ref refusals) >= 0
            ? new ObjectStoreException("The part of the store that has the objects is away.", new IOException())
            : null;

        Assert.Equal(64, (await server.Tokens.DescribeAsync(await DvaeAsync(seed: 1), Cancel)).Vocabulary);
        Assert.True(refusals < 0);
    }

    public void Dispose()
    {
        _store.Dispose();
        File.Delete(_file);
    }

    private async Task<VisualTokenizer> DvaeAsync(int seed)
    {
        using var generator = new Generator((ulong)seed);
        using var vae = new DiscreteVae(Grid, 64, 16, 16);
        vae.Initialize(generator);
        return await PutAsync(vae, TokenizerKind.Dvae, $"dvae-{seed}");
    }

    private async Task<VisualTokenizer> DalleAsync()
    {
        using var generator = new Generator(3);
        using var encoder = new DalleEncoder(16, 1, 48);
        encoder.Initialize(generator);
        return await PutAsync(encoder, TokenizerKind.DallE, "dalle");
    }

    private async Task<VisualTokenizer> PutAsync(nn.Module model, TokenizerKind kind, string name)
    {
        ModelFile.Save(model, _file, new Dictionary<string, string>());
        var weights = await _store.PutFileAsync($"checkpoints/{name}/weights", _file, Cancel);
        return new VisualTokenizer(new TokenizerSpec { Kind = kind }, 0, Grid, weights);
    }

    private static async Task<int[]> TokensAsync(IVisualTokens tokens, VisualTokenizer tokenizer, RgbImage[] pictures) =>
        await tokens.TokenizeAsync(tokenizer, new IReadOnlyList<RgbImage>[] { pictures }.ToAsyncEnumerable(), Cancel).SingleAsync(Cancel);
}
