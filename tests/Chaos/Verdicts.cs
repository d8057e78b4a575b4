using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Tests.Chaos.World;

namespace AspireFed.Tests.Chaos;

/// <summary>What must hold of a disturbed run, beside one of the same spec that was not.</summary>
internal static class Verdicts
{
    /// <summary>All that does not hold, a line each.</summary>
    public static async Task<IReadOnlyList<string>> OfAsync(
        ChaosWorld world, IReadOnlyList<RoundCommit> seen, IReadOnlyList<RoundCommit> undisturbed, CancellationToken cancel)
    {
        List<string> wrong = [];
        if (seen.Count != undisturbed.Count) wrong.Add($"{seen.Count} rounds were committed instead of {undisturbed.Count}.");
        foreach (var (commit, expected) in seen.Zip(undisturbed))
        {
            var key = commit.Decision.Key;
            // Where what was first read is still there, it was never lost nor replaced.
            if (await world.CommitAsync(key, cancel) is not { } kept) wrong.Add($"The commit of {key} is lost.");
            else if (kept.Global != commit.Global || !kept.Decision.Counted.SequenceEqual(commit.Decision.Counted)) wrong.Add($"The commit of {key} was replaced.");
            if (commit.Decision.Counted.DistinctBy(counted => counted.Client).Count() != commit.Decision.Counted.Count)
                wrong.Add($"An update counts twice in {key}.");
            if (commit.Decision.LeftOut.Count > 0) wrong.Add($"{key} left out {string.Join(", ", commit.Decision.LeftOut.Select(left => left.Client.Name))}.");
            if (commit.Global.Sha256 != expected.Global.Sha256) wrong.Add($"The weights of {key} are {commit.Global.Sha256}, undisturbed {expected.Global.Sha256}.");
        }
        return wrong;
    }
}
