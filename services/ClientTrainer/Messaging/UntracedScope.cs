using System.Diagnostics;

namespace AspireFed.ClientTrainer.Messaging;

/// <summary>
/// What is published inside belongs to no trace: signs of life come every few seconds and would bury the traces of the rounds. An unsampled
/// activity makes the sampler leave out all below it; the receiver leaves out what comes without a trace.
/// </summary>
internal static class UntracedScope
{
    public static IDisposable Begin()
    {
        var activity = new Activity("untraced");
        activity.SetIdFormat(ActivityIdFormat.W3C);
        activity.SetParentId(ActivityTraceId.CreateRandom(), ActivitySpanId.CreateRandom(), ActivityTraceFlags.None);
        return activity.Start();
    }
}
