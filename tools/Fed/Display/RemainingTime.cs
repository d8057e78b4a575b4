using AspireFed.Contracts.Views;

namespace AspireFed.Fed.Display;

/// <summary>How long the stage under way may still take, if its next rounds are as long as its last ones.</summary>
internal static class RemainingTime
{
    private const int Window = 10;

    public static TimeSpan? Of(ExperimentView view)
    {
        if (view.Summary.Stage is not { } stage) return null;
        double[] seconds =
        [
            .. view.Rounds.Where(round => round.Commit.Decision.Key is { Round: > 0 } key && key.Stage == stage)
                .Select(round => round.Timing?.TotalSeconds).OfType<double>().TakeLast(Window),
        ];
        return seconds.Length == 0 ? null : TimeSpan.FromSeconds(seconds.Average() * (view.Summary.Rounds - view.Summary.Round));
    }
}
