using AspireFed.Contracts.Randomness;
using AspireFed.Contracts.Specs;
using AspireFed.Models;
using AspireFed.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Unit.Training;

public sealed class LossAndMixTests : IDisposable
{
    private readonly DisposeScope _scope = NewScope();

    [Fact]
    public void Draws_keep_to_the_probabilities_of_the_spec()
    {
        var random = RandomStream.Derive(1, "draws");
        var spec = FinetuneSpec.For(ModelFamily.Mae) with { MixProbability = 0.5 };
        var mixes = Enumerable.Range(0, 4000).Select(_ => ImageMix.Draw(spec, 64, 64, random)).ToList();

        Assert.InRange(mixes.Count(mix => mix == ImageMix.None) / 4000.0, 0.46, 0.54);
        Assert.InRange(mixes.Count(mix => mix.Box is not null) / 4000.0, 0.21, 0.29);
        Assert.InRange(mixes.Where(mix => mix != ImageMix.None && mix.Box is null).Average(mix => mix.Share), 0.46, 0.54);
        Assert.All(mixes, mix => Assert.InRange(mix.Share, 0, 1));
    }

    [Theory]
    [InlineData(0.8)]
    [InlineData(1.0)]
    [InlineData(3.0)]
    public void Shares_are_distributed_as_beta(double alpha)
    {
        var random = RandomStream.Derive(2, "beta");
        var spec = FinetuneSpec.For(ModelFamily.Mae) with { Mixup = alpha, Cutmix = 0 };
        var shares = Enumerable.Range(0, 20_000).Select(_ => ImageMix.Draw(spec, 8, 8, random).Share).ToList();

        var variance = 1 / (4 * ((2 * alpha) + 1));
        Assert.Equal(0.5, shares.Average(), 0.01);
        Assert.Equal(variance, shares.Average(share => Math.Pow(share - 0.5, 2)), variance * 0.05);
    }

    [Fact]
    public void Masked_tokens_count_at_masked_places_only()
    {
        var tokens = arange(4).reshape(2, 2);
        var mask = tokens.eq(1).logical_or(tokens.eq(2));
        var logits = full(2, 4, 0f);
        logits[0, 1] = 5f;
        logits[1, 2] = 5f;

        Assert.Equal(Math.Log(Math.Exp(5) + 3) - 5, Losses.MaskedTokens(logits, tokens, mask).item<float>(), 1e-6);
    }

    public void Dispose() => _scope.Dispose();

    private static DisposeScope NewScope()
    {
        TorchNative.EnsureLoaded();
        return NewDisposeScope();
    }
}
