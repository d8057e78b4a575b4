using System.Diagnostics;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.Keeping;
using AspireFed.Aggregator.LiveView;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;

namespace AspireFed.Aggregator.Rounds;

/// <summary>
/// One round, from its opening to its commit. Level-triggered: it looks at what the ledger holds, does what is missing and sleeps until
/// something may have changed, so a lost message only delays it and a restart is the same loop again.
/// </summary>
public sealed class RoundLoop(
    RoundDecisions decisions, RoundOpener opener, TrainingCommands commands, UpdateIntake intake, RoundCommitter committer,
    EvaluationRequests evaluations, LateUpdates late, Retention retention, HoldUp holdUp, RoundBoard board, WakeUp wakeUp, Story story, TimeProvider time,
    ILogger<RoundLoop> logger)
{
    private static readonly TimeSpan Poll = TimeSpan.FromSeconds(5);

    /// <exception cref="ExperimentFailedException">The round cannot be committed any more.</exception>
    public async Task RunAsync(ExperimentHistory history, RoundKey key, CancellationToken cancel)
    {
        using var trace = StartTrace(key);
        var opening = await opener.OpenAsync(history, key, cancel);
        var round = new OpenRound(opening, history.Record.Spec);
        board.Open = round;
        try
        {
            story.RoundOpened(history, opening, round.Progress());
            var decision = await decisions.FindAsync(key, cancel)
                ?? await DecideAsync(history, round, cancel);
            var heard = round.Close();
            var (commit, sha256, timing) = await committer.CommitAsync(history, round, decision, cancel);
            history.Add(commit, sha256, timing);
            retention.Look(history);
            holdUp.Over(history);
            story.Committed(history, commit, timing);
            logger.LogInformation("{Round} is committed: {Updates} updates, loss {Loss:0.0000}, {Seconds:0.00} s",
                key, decision.Counted.Count, commit.Loss, timing.TotalSeconds);
            await evaluations.RequestAsync(history, commit, cancel);
            await late.AnswerAsync(heard, decision, cancel);
        }
        finally
        {
            board.Open = null;
        }
    }

    /// <summary>Asks, collects and waits until the round's rule says that it is over, and writes down who counts: the one decision.</summary>
    private async Task<RoundDecision> DecideAsync(ExperimentHistory history, OpenRound round, CancellationToken cancel)
    {
        var federation = history.Record.Spec.Federation;
        while (true)
        {
            await intake.CollectAsync(history, round, cancel);
            var now = time.GetUtcNow();
            switch (RoundRule.Judge(round.Opening, federation.Quorum, round.Counted().Count, round.LeftOut(), now, out var reason))
            {
                case Verdict.Commit:
                    return await decisions.MakeAsync(round.Decision(), cancel);
                case Verdict.Fail:
                    throw new ExperimentFailedException(reason);
                default:
                    await commands.AskSilentAsync(history, round, cancel);
                    holdUp.Over(history);
                    await wakeUp.WaitAsync(Shorter(Poll, round.Opening.DeadlineUtc - now), cancel);
                    break;
            }
        }
    }

    private static TimeSpan Shorter(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static Activity? StartTrace(RoundKey key)
    {
        Activity.Current = null; // a round is the root of its trace
        return Telemetry.Activities.StartActivity("round", ActivityKind.Internal, parentContext: default,
            [new("aspirefed.experiment", key.Experiment), new("aspirefed.stage", key.Stage.ToName()), new("aspirefed.round", key.Round)]);
    }
}
