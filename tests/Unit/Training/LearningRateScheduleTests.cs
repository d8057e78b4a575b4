using AspireFed.Contracts.Specs;
using AspireFed.Training.Optimization;

namespace AspireFed.Tests.Unit.Training;

public sealed class LearningRateScheduleTests
{
    [Fact]
    public void Beits_table_is_that_of_the_reference()
    {
        using var recorded = RecordedCase.Open("optimiser-and-schedules");
        foreach (var schedule in recorded.Config.GetProperty("cosine").EnumerateObject())
        {
            double Of(string name) => schedule.Value.GetProperty(name).GetDouble();
            var steps = (long)(Of("epochs") * Of("niter_per_ep") * Of("max_communication_rounds"));
            var warmup = (long)(Of("warmup_steps") > 0 ? Of("warmup_steps") : Of("warmup_epochs") * Of("niter_per_ep"));
            var expected = recorded.Values<double>(schedule.Name);
            Assert.Equal(steps, expected.Length);
            for (var step = 0; step < steps; step++)
                Near(expected[step], LearningRateSchedule.ByStep(step, steps, warmup, Of("base_value"), Of("final_value")));
        }
    }

    [Fact]
    public void Maes_rate_by_fractional_round_is_that_of_the_reference()
    {
        using var recorded = RecordedCase.Open("optimiser-and-schedules");
        foreach (var schedule in recorded.Config.GetProperty("mae").EnumerateObject())
        {
            double Of(string name) => schedule.Value.GetProperty(name).GetDouble();
            var rounds = recorded.Values<double>($"{schedule.Name}.epoch");
            var expected = recorded.Values<double>($"{schedule.Name}.lr");
            for (var i = 0; i < rounds.Length; i++)
            {
                var rate = LearningRateSchedule.ByRound(
                    rounds[i], Of("max_communication_rounds"), Of("warmup_epochs"), Of("lr"), Of("min_lr"));
                Near(expected[3 * i], rate);
            }
        }
    }

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

    private static void Near(double expected, double actual) =>
        Assert.True(Math.Abs(expected - actual) <= 1e-12 * Math.Abs(expected) + 1e-18, $"expected {expected:R}, got {actual:R}");
}
