using AspireFed.Contracts;
using AspireFed.Contracts.Documents;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Decides when a round is over: everyone has answered, the deadline has passed with a quorum, or the quorum is out of reach.</summary>
public static class RoundRule
{
    /// <summary>Updates without which the round cannot be committed.</summary>
    public static int Needed(int quorum, int cohort) => quorum == 0 ? cohort : Math.Min(quorum, cohort);

    /// <param name="counted">Verified updates.</param>
    /// <param name="leftOut">Clients that have failed or whose update was refused, in ordinal order.</param>
    /// <param name="reason">Why the round has failed; empty otherwise.</param>
    public static Verdict Judge(
        RoundOpening opening, int quorum, int counted, IReadOnlyList<LeftOut> leftOut, DateTimeOffset now, out string reason)
    {
        var asked = opening.Cohort.Count;
        var needed = Needed(quorum, asked);
        reason = "";
        if (asked - leftOut.Count < needed)
        {
            reason = $"{In(opening.Key)} {leftOut[0].Client} gave no update: {leftOut[0].Reason}"
                + (needed < asked ? $" ({needed} of {asked} updates are needed, {leftOut.Count} clients have failed.)" : "");
            return Verdict.Fail;
        }
        if (counted + leftOut.Count == asked) return Verdict.Commit;
        if (now < opening.DeadlineUtc) return Verdict.Wait;
        if (counted >= needed) return Verdict.Commit;
        reason = $"{In(opening.Key)} only {counted} of the {needed} updates needed came before the deadline; "
            + "raise federation.deadlineMinutes or lower federation.quorum, or see why the other clients are slow.";
        return Verdict.Fail;
    }

    private static string In(RoundKey key) => $"In {key.Stage.ToName()} round {key.Round}";
}
