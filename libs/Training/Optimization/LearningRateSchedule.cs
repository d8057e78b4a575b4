using AspireFed.Contracts.Specs;

namespace AspireFed.Training.Optimization;

/// <summary>
/// Linear warm-up, then half a cosine over all rounds of a stage: a pure function of where a step stands, so that a client that joins
/// late or starts again has the same rate as all others.
/// </summary>
public static class LearningRateSchedule
{
    /// <summary>
    /// The learning rate of one step. MAE follows the fractional round, BEiT a table with one value a step; the round counts as its local
    /// epochs together, so that several epochs a round neither repeat nor shorten the schedule.
    /// </summary>
    /// <param name="round">From 1.</param>
    /// <param name="epoch">Local epoch in the round, from 0.</param>
    /// <param name="step">Step in the epoch, from 0.</param>
    public static double At(ModelFamily family, LocalTrainingSpec spec, int round, int epoch, int step, int stepsPerEpoch)
    {
        long stepsPerRound = (long)stepsPerEpoch * spec.LocalEpochs;
        var stepInRound = ((long)epoch * stepsPerEpoch) + step;
        return family switch
        {
            ModelFamily.Mae => ByRound(
                round - 1 + (stepInRound / (double)stepsPerRound), spec.Rounds, spec.WarmupRounds,
                spec.PeakLearningRate(), spec.MinLearningRate),
            ModelFamily.Beit => ByStep(
                ((round - 1) * stepsPerRound) + stepInRound, spec.Rounds * stepsPerRound, (long)(spec.WarmupRounds * stepsPerRound),
                spec.PeakLearningRate(), spec.MinLearningRate),
            _ => throw new ArgumentOutOfRangeException(nameof(family), family, null),
        };
    }

    /// <summary>He et al., MAE: the rate at a fractional round, from 0.</summary>
    public static double ByRound(double round, double rounds, double warmupRounds, double peak, double min) =>
        round < warmupRounds ? peak * round / warmupRounds : Cosine((round - warmupRounds) / (rounds - warmupRounds), peak, min);

    /// <summary>Bao et al., BEiT: the rate of a step, from 0; the first is 0 and the last of the warm-up is the whole peak.</summary>
    public static double ByStep(long step, long steps, long warmupSteps, double peak, double min)
    {
        if (step >= warmupSteps) return Cosine((step - warmupSteps) / (double)(steps - warmupSteps), peak, min);
        return warmupSteps == 1 ? 0 : peak * step / (warmupSteps - 1);
    }

    private static double Cosine(double progress, double peak, double min) =>
        min + ((peak - min) * 0.5 * (1 + Math.Cos(Math.PI * progress)));
}
