using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.LiveView;

/// <summary>Tells what happens in an experiment to those who watch. Never waits: the live view is written behind the round's back.</summary>
public sealed class Story(LiveViewWriter writer, TimeProvider time)
{
    public void Created(ExperimentHistory history) => Tell(history, ExperimentEventKind.Created, StoryText.Created(history.Record));

    public void StageBegan(ExperimentHistory history, RoundOpening opening) =>
        Tell(history, ExperimentEventKind.StageBegan, StoryText.StageBegan(opening.Key, opening.Cohort[0]));

    public void RoundOpened(ExperimentHistory history, RoundOpening opening, IReadOnlyList<ClientProgress> clients)
    {
        if (opening.Key.Round == 0) StageBegan(history, opening);
        Tell(history, ExperimentEventKind.RoundOpened, StoryText.RoundOpened(opening), clients, afresh: true);
    }

    public void Progressed(ExperimentHistory history, TrainingProgress report, ClientProgress client) =>
        Tell(history, ExperimentEventKind.ClientProgressed, StoryText.Progressed(report), [client]);

    public void Counted(ExperimentHistory history, UpdateManifest update, ClientProgress client) =>
        Tell(history, ExperimentEventKind.UpdateCounted, StoryText.Counted(update), [client]);

    public void Refused(ExperimentHistory history, ClientId client, string reason) =>
        Tell(history, ExperimentEventKind.UpdateRefused, StoryText.Refused(client, reason));

    public void ClientFailed(ExperimentHistory history, ClientId client, string reason) =>
        Tell(history, ExperimentEventKind.ClientFailed, StoryText.Failed(client, reason));

    public void Committed(ExperimentHistory history, RoundCommit commit, RoundTiming? timing) =>
        Tell(history, ExperimentEventKind.RoundCommitted, StoryText.Committed(commit, timing));

    public void Evaluated(ExperimentHistory history, RoundMetrics metrics) =>
        Tell(history, ExperimentEventKind.ModelEvaluated, StoryText.Evaluated(metrics));

    public void NotEvaluated(ExperimentHistory history, RoundKey key, string reason) =>
        Tell(history, ExperimentEventKind.ModelEvaluated, StoryText.NotEvaluated(key, reason));

    public void HeldUp(ExperimentHistory history) => Tell(history, ExperimentEventKind.HeldUp, StoryText.HeldUp(history.HeldUp));

    public void WentOn(ExperimentHistory history) => Tell(history, ExperimentEventKind.WentOn, StoryText.WentOn);

    public void Ended(ExperimentHistory history, ExperimentOutcome outcome) =>
        Tell(history, ExperimentEventKind.Ended, StoryText.Ended(outcome), [], afresh: true);

    private void Tell(
        ExperimentHistory history, ExperimentEventKind kind, string text, IReadOnlyList<ClientProgress>? clients = null, bool afresh = false) =>
        writer.Write(new LiveChange(history, new ExperimentEvent(time.GetUtcNow(), kind, text, history.Summary()), clients ?? [], afresh));
}
