using AspireFed.Contracts;
using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Pixels;
using AspireFed.Training;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Tokenizer;

public sealed class VisualTokensTests
{
    private const int Grid = 8;
    private const long Seed = 3;
    private static readonly TokenizerSpec s_spec = new() { Vocabulary = 512, Dimensions = 8 };
    private static readonly VisualTokenizer s_tokenizer = new(s_spec, Seed, Grid);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_picture_gives_a_grid_of_tokens_of_the_vocabulary_in_order()
    {
        await using var server = await TokenizerServer.StartAsync();
        var side = (await server.Tokens.DescribeAsync(s_tokenizer, Cancel)).ImageSize;
        var pictures = Pictures(side, 7);

        var inThrees = await TokensAsync(server.Tokens, s_spec, [pictures[..3], pictures[3..6], pictures[6..]]);
        var oneByOne = await TokensAsync(server.Tokens, s_spec, [.. pictures.Select(picture => new[] { picture })]);

        Assert.Equal([3, 3, 1], inThrees.Select(tokens => tokens.Length / (Grid * Grid)));
        Assert.Equal(oneByOne.SelectMany(tokens => tokens), inThrees.SelectMany(tokens => tokens));
        Assert.All(inThrees.SelectMany(tokens => tokens), token => Assert.InRange(token, 0, s_spec.Vocabulary - 1));
        Assert.True(inThrees.SelectMany(tokens => tokens).Distinct().Count() > 10);
    }

    [Fact]
    public async Task Several_trainers_at_once_get_what_each_would_get_alone()
    {
        await using var server = await TokenizerServer.StartAsync();
        var side = (await server.Tokens.DescribeAsync(s_tokenizer, Cancel)).ImageSize;
        var batches = Pictures(side, 12).Chunk(2).ToArray();
        var alone = await TokensAsync(server.Tokens, s_spec, batches);

        var together = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => TokensAsync(server.Tokens, s_spec, batches)));

        Assert.All(together, tokens => Assert.Equal(alone, tokens));
    }

    [Fact]
    public async Task A_slow_reader_stops_the_decoding_of_pictures_after_a_few_batches()
    {
        await using var server = await TokenizerServer.StartAsync();
        var side = (await server.Tokens.DescribeAsync(s_tokenizer, Cancel)).ImageSize;
        var decoded = 0;
        var picture = Pictures(side, 1);

        await using (var reader = server.Tokens.TokenizeAsync(s_tokenizer, Endless(), Cancel).GetAsyncEnumerator(Cancel))
        {
            for (var batch = 1; batch <= 20; batch++)
            {
                Assert.True(await reader.MoveNextAsync());
                Assert.InRange(Volatile.Read(ref decoded), batch, batch + 8);
            }
        }

        async IAsyncEnumerable<IReadOnlyList<RgbImage>> Endless()
        {
            while (true)
            {
                await Task.Yield();
                Interlocked.Increment(ref decoded);
                yield return picture;
            }
        }
    }

    [Fact]
    public async Task What_goes_wrong_in_decoding_comes_out_at_the_reader()
    {
        await using var server = await TokenizerServer.StartAsync();

        var broken = Enumerable.Repeat("x.png", 1).ToAsyncEnumerable()
            .Select<string, IReadOnlyList<RgbImage>>(file => throw new InputException($"The image {file} is truncated."));

        var fault = await Assert.ThrowsAsync<InputException>(
            async () => await server.Tokens.TokenizeAsync(s_tokenizer, broken, Cancel).CountAsync(Cancel));

        Assert.Equal("The image x.png is truncated.", fault.Message);
    }

    [Fact]
    public async Task Settings_out_of_bounds_are_refused_with_a_sentence()
    {
        await using var server = await TokenizerServer.StartAsync();

        var fault = await Assert.ThrowsAsync<InputException>(
            () => server.Tokens.DescribeAsync(s_tokenizer with { Spec = s_spec with { Vocabulary = 1 } }, Cancel));

        Assert.Contains("The vocabulary is 1", fault.Message, StringComparison.Ordinal);
        Assert.Contains(server.Address.ToString(), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_kind_that_the_tokenizer_does_not_know_is_named_with_those_it_knows()
    {
        await using var server = await TokenizerServer.StartAsync();

        var fault = await Assert.ThrowsAsync<InputException>(
            () => server.Tokens.DescribeAsync(s_tokenizer with { Spec = s_spec with { Kind = (TokenizerKind)99 } }, Cancel));

        Assert.Contains("'99'", fault.Message, StringComparison.Ordinal);
        Assert.Contains("random-projection", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tokenizer_that_stays_away_is_named_with_its_address()
    {
        var address = new Uri("http://127.0.0.1:1");
        var time = new FakeTimeProvider();
        await using var client = TokenizerServer.Client(address, time);

        var asked = client.GetRequiredService<IVisualTokens>().DescribeAsync(s_tokenizer, Cancel);
        while (!asked.IsCompleted)
        {
            time.Advance(TimeSpan.FromSeconds(10));
            await Task.Yield();
        }

        var fault = await Assert.ThrowsAsync<InputException>(() => asked);
        Assert.Contains(address.ToString(), fault.Message, StringComparison.Ordinal);
        Assert.Contains("Trainer:Tokenizer", fault.Message, StringComparison.Ordinal);
    }

    internal static RgbImage[] Pictures(int side, int count) =>
    [
        .. Enumerable.Range(0, count).Select(number =>
        {
            var random = RandomStream.Derive(11, number);
            var pixels = new byte[side * side * 3];
            for (var i = 0; i < pixels.Length; i++)
                pixels[i] = (byte)random.NextInt32(256);
            return new RgbImage(side, side, pixels);
        }),
    ];

    private static async Task<List<int[]>> TokensAsync(IVisualTokens tokens, TokenizerSpec spec, RgbImage[][] batches) =>
        await tokens.TokenizeAsync(new VisualTokenizer(spec, Seed, Grid), batches.ToAsyncEnumerable().Select(batch => (IReadOnlyList<RgbImage>)batch), Cancel)
            .ToListAsync(Cancel);
}
