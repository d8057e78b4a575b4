using AspireFed.Aggregator.LiveView;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>
/// Shows people that an experiment is held up by something that may pass, such as a full store, and that it goes on: each is told once, however
/// many attempts lie between.
/// </summary>
public sealed class HoldUp(Story story)
{
    /// <summary>An attempt to go on has failed.</summary>
    public void Begin(ExperimentHistory history, Exception fault)
    {
        var isNew = history.HeldUp.Length == 0;
        history.HeldUp = FullDisk.Is(fault) ? $"The Aggregator's disk is full: {fault.Message}" : fault.Message;
        if (isNew) story.HeldUp(history);
    }

    /// <summary>The experiment has got to where it has nothing to do but to wait for others, or a round further.</summary>
    public void Over(ExperimentHistory history)
    {
        if (history.HeldUp.Length == 0) return;
        history.HeldUp = "";
        story.WentOn(history);
    }
}
