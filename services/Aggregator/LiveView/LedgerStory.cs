using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.LiveView;

/// <summary>Tells an experiment's story again from the ledger, when the live view has lost it.</summary>
public static class LedgerStory
{
    /// <summary>The events before <paramref name="untilUtc"/>, oldest first. What left no trace in the ledger, such as progress, is not told.</summary>
    public static IReadOnlyList<ExperimentEvent> Of(ExperimentHistory history, DateTimeOffset untilUtc)
    {
        var summary = history.Summary();
        List<ExperimentEvent> story = [new(history.Record.CreatedUtc, ExperimentEventKind.Created, StoryText.Created(history.Record), summary)];
        foreach (var (commit, timing) in history.Rounds)
        {
            var at = timing?.CommittedUtc ?? story[^1].AtUtc;
            story.Add(new(at, ExperimentEventKind.RoundCommitted, StoryText.Committed(commit, timing), summary));
            if (history.Evaluations.FirstOrDefault(metrics => metrics.Key == commit.Decision.Key) is { } metrics)
                story.Add(new(at, ExperimentEventKind.ModelEvaluated, StoryText.Evaluated(metrics), summary));
        }
        if (history.Outcome is { } outcome) story.Add(new(outcome.EndedUtc, ExperimentEventKind.Ended, StoryText.Ended(outcome), summary));
        return [.. story.Where(e => e.AtUtc < untilUtc)];
    }
}
