using AspireFed.Contracts.Specs;
using AspireFed.Training.Optimization;

namespace AspireFed.Tests.Unit.Training;

public sealed class LearningRateScheduleTests
{
    [Theory]
    [InlineData(ModelFamily.Mae)]
    [InlineData(ModelFamily.Beit)]
    public void Several_local_epochs_follow_the_same_curve_as_one_long_epoch(ModelFamily family)
    {
        var spec = PretrainSpec.For(family) with { Rounds = 6, WarmupRounds = 2 };
        for (var round = 1; round <= 6; round++)
        {
            for (var step = 0; step < 12; step++)
            {
                var one = LearningRateSchedule.At(family, spec, round, 0, step, 12);
                var three = LearningRateSchedule.At(family, spec with { LocalEpochs = 3 }, round, step / 4, step % 4, 4);
                Assert.Equal(one, three);
            }
        }
    }

    [Theory]
    [InlineData(ModelFamily.Mae)]
    [InlineData(ModelFamily.Beit)]
    public void The_rate_starts_at_zero_rises_to_the_peak_and_falls_to_the_minimum(ModelFamily family)
    {
        var spec = PretrainSpec.For(family) with { Rounds = 50, WarmupRounds = 5, MinLearningRate = 1e-5 };
        var rates = Enumerable.Range(0, 50 * 8).Select(i => LearningRateSchedule.At(family, spec, 1 + (i / 8), 0, i % 8, 8)).ToList();

        Assert.Equal(0, rates[0]);
        Assert.Equal(spec.PeakLearningRate(), rates.Max(), spec.PeakLearningRate() * 1e-3);
        Assert.Equal(rates.Take(40).Order(), rates.Take(40));
        Assert.Equal(rates.Skip(40).OrderDescending(), rates.Skip(40));
        Assert.InRange(rates[^1], 1e-5, 1.1e-5);
    }

    [Theory]
    [InlineData(ModelFamily.Mae)]
    [InlineData(ModelFamily.Beit)]
    public void A_warm_up_as_long_as_the_stage_or_none_at_all_gives_finite_rates(ModelFamily family)
    {
        foreach (var warmup in (double[])[0, 0.5, 2, 10])
        {
            var spec = PretrainSpec.For(family) with { Rounds = 2, WarmupRounds = warmup };
            for (var i = 0; i < 6; i++)
                Assert.InRange(LearningRateSchedule.At(family, spec, 1 + (i / 3), 0, i % 3, 3), 0, spec.PeakLearningRate());
        }
    }
}
