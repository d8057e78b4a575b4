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

    [Theory]
    [InlineData("mixup")]
    [InlineData("cutmix")]
    [InlineData("both_cutmix")]
    [InlineData("both_mixup")]
    public void A_mixed_batch_its_targets_and_its_loss_are_those_of_timm(string name)
    {
        using var recorded = RecordedCase.Open("mixup-and-losses");
        var draws = recorded.Config.GetProperty("draws").GetProperty(name);
        var smoothing = recorded.Config.GetProperty("label_smoothing").GetDouble();
        var mix = new ImageMix(draws.GetProperty("lam_and_use_cutmix")[0][0].GetDouble(), null);
        if (draws.GetProperty("cutmix").EnumerateArray().Any())
        {
            var cut = draws.GetProperty("cutmix")[0];
            var box = cut.GetProperty("box_yl_yh_xl_xh");
            mix = new ImageMix(
                cut.GetProperty("lam_corrected").GetDouble(),
                new ImageMix.Rectangle(box[0].GetInt32(), box[1].GetInt32(), box[2].GetInt32(), box[3].GetInt32()));
        }

        var images = recorded.Tensor("in.images");
        mix.Apply(images);
        var targets = mix.Targets(recorded.Tensor("in.labels"), recorded.Config.GetProperty("num_classes").GetInt32(), smoothing);
        var logits = recorded.Tensor("in.logits").requires_grad_();
        var loss = Losses.SoftTargets(logits, targets);
        loss.backward();

        RecordedCase.Close(recorded.Tensor($"{name}.out.images"), images, 1e-5, 1e-6, "images");
        RecordedCase.Close(recorded.Tensor($"{name}.out.target"), targets, 1e-5, 1e-6, "targets");
        RecordedCase.Close(recorded.Tensor($"{name}.out.soft_ce"), loss, 1e-5, 1e-6, "loss");
        RecordedCase.Close(recorded.Tensor($"{name}.grad.logits"), logits.grad!, 1e-5, 1e-6, "gradient");
    }

    [Fact]
    public void A_cut_box_of_given_draws_is_that_of_timm()
    {
        using var recorded = RecordedCase.Open("mixup-and-losses");
        foreach (var run in recorded.Config.GetProperty("draws").EnumerateObject().Where(run => run.Name is "cutmix" or "both_cutmix"))
        {
            var cut = run.Value.GetProperty("cutmix")[0];
            var box = cut.GetProperty("box_yl_yh_xl_xh");
            var recordedBox = new ImageMix.Rectangle(box[0].GetInt32(), box[1].GetInt32(), box[2].GetInt32(), box[3].GetInt32());
            // Any centre whose box is the recorded one must give the recorded share.
            var matches = from row in Enumerable.Range(0, 20)
                          from column in Enumerable.Range(0, 24)
                          let mix = ImageMix.Cut(cut.GetProperty("lam_drawn").GetDouble(), row, column, 20, 24)
                          where mix.Box == recordedBox
                          select mix.Share;
            Assert.Contains(matches, share => Math.Abs(share - cut.GetProperty("lam_corrected").GetDouble()) < 1e-12);
        }
    }

    [Theory]
    [InlineData("label_smoothing_0.1", 0.1)]
    [InlineData("label_smoothing_0.3", 0.3)]
    [InlineData("cross_entropy", 0)]
    public void Cross_entropy_with_smoothed_labels_is_that_of_timm(string name, double smoothing)
    {
        using var recorded = RecordedCase.Open("mixup-and-losses");
        var logits = recorded.Tensor("in.logits").requires_grad_();
        var loss = Losses.SmoothedLabels(logits, recorded.Tensor("in.labels"), smoothing);
        loss.backward();

        RecordedCase.Close(recorded.Tensor($"{name}.loss"), loss, 1e-5, 1e-6, "loss");
        if (smoothing > 0) RecordedCase.Close(recorded.Tensor($"{name}.grad.logits"), logits.grad!, 1e-5, 1e-6, "gradient");
    }

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
