using AspireFed.Contracts.Randomness;
using AspireFed.Models.Tokenizers;
using AspireFed.Tests.Unit.Specs;
using SkiaSharp;

namespace AspireFed.Tests.Unit.Models;

public sealed class RandomProjectionTokenizerTests(ITestOutputHelper output)
{
    [Fact]
    public void Equal_settings_give_equal_tokens_and_another_seed_gives_others()
    {
        var tokenizer = new RandomProjectionTokenizer(4, 100, 16, seed: 1);
        var pixels = Noise(3 * tokenizer.ImageBytes);

        var tokens = tokenizer.Tokenize(pixels, 3);

        Assert.Equal(3 * 16, tokens.Length);
        Assert.All(tokens, token => Assert.InRange(token, 0, 99));
        Assert.Equal(tokens, new RandomProjectionTokenizer(4, 100, 16, seed: 1).Tokenize(pixels, 3));
        Assert.NotEqual(tokens, new RandomProjectionTokenizer(4, 100, 16, seed: 2).Tokenize(pixels, 3));
    }

    [Fact]
    public void Tokens_do_not_depend_on_the_batch()
    {
        var tokenizer = new RandomProjectionTokenizer(4, 1000, 7, seed: 1);
        var pixels = Noise(5 * tokenizer.ImageBytes);

        var together = tokenizer.Tokenize(pixels, 5);

        Assert.Equal(together, Enumerable.Range(0, 5).SelectMany(image =>
            tokenizer.Tokenize(pixels.AsSpan(image * tokenizer.ImageBytes, tokenizer.ImageBytes), 1)));
    }

    [Fact]
    public void A_brighter_picture_has_the_same_tokens()
    {
        var tokenizer = new RandomProjectionTokenizer(2, 500, 16, seed: 1);
        var pixels = Noise(tokenizer.ImageBytes).Select(value => (byte)(value / 2)).ToArray();

        Assert.Equal(tokenizer.Tokenize(pixels, 1), tokenizer.Tokenize(pixels.Select(value => (byte)(value + 40)).ToArray(), 1));
    }

    [Fact]
    public void Flat_patches_have_a_token_too() =>
        Assert.All(new RandomProjectionTokenizer(2, 50, 16, seed: 1).Tokenize(new byte[16 * 16 * 3], 1), token => Assert.Equal(0, token));

    [Fact]
    public void Real_images_use_a_good_part_of_the_codebook()
    {
        var data = Environment.GetEnvironmentVariable("ASPIREFED_DATA") ?? Path.Combine(Repository.Root, "..", "shared", "data");
        var folder = Path.Combine(data, "Skin", "train");
        if (!Directory.Exists(folder)) Assert.Skip($"There are no images at {folder}: set ASPIREFED_DATA to the folder of the data sets.");
        var tokenizer = new RandomProjectionTokenizer(8, 8192, 16, seed: 1);
        var files = Directory.GetFiles(folder).Order(StringComparer.Ordinal).Take(256).ToList();

        var tokens = files.SelectMany(file => tokenizer.Tokenize(Decode(file, tokenizer.ImageSize), 1)).ToList();

        var shares = tokens.CountBy(token => token).Select(used => (double)used.Value / tokens.Count).ToList();
        var perplexity = Math.Exp(-shares.Sum(share => share * Math.Log(share)));
        output.WriteLine(
            $"{tokens.Count} patches: {shares.Count} of {tokenizer.Vocabulary} tokens, perplexity {perplexity:f0}, commonest {shares.Max():p2}");
        Assert.True(perplexity > 500, $"The perplexity is only {perplexity:f0}.");
        Assert.True(shares.Max() < 0.05);
    }

    private static byte[] Decode(string path, int side)
    {
        using var bitmap = SKBitmap.Decode(path);
        using var small = bitmap.Resize(new SKImageInfo(side, side, SKColorType.Rgba8888, SKAlphaType.Opaque), SKFilterQuality.High);
        var rgb = new byte[side * side * 3];
        for (var i = 0; i < side * side; i++) small.Bytes.AsSpan(i * 4, 3).CopyTo(rgb.AsSpan(i * 3));
        return rgb;
    }

    private static byte[] Noise(int length)
    {
        var random = RandomStream.Derive(3, "noise");
        var bytes = new byte[length];
        for (var i = 0; i < length; i++) bytes[i] = (byte)random.NextInt32(256);
        return bytes;
    }
}
