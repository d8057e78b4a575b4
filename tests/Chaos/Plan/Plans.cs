using AspireFed.Ledger.Faults;
using AspireFed.Tests.Chaos.World;

namespace AspireFed.Tests.Chaos.Plan;

/// <summary>What services and servers suffer while an experiment runs.</summary>
internal static class Plans
{
    /// <summary>A service dies at each of these points, one after another.</summary>
    public static Func<Driver, CancellationToken, Task> EachOnce(Victim victim, params IReadOnlyList<FaultPoint> points) => async (driver, cancel) =>
    {
        foreach (var point in points) await driver.StrikeAsync(victim, new Fault(point), cancel);
    };

    /// <summary>A service dies at points drawn from the seed, again and again, until so many faults have struck in all.</summary>
    public static Func<Driver, CancellationToken, Task> AtRandom(Victim victim, int seed, int until) => async (driver, cancel) =>
    {
        // What is reached once an experiment would never strike again and again.
        FaultPoint[] points = [.. victim.Points.Except([FaultPoint.OutcomeDue, FaultPoint.ResultsDue])];
        var random = new Random(HashCode.Combine(seed, victim.Name.Sum(letter => letter)));
        while (driver.Struck < until)
            await driver.StrikeAsync(victim, new Fault(points[random.Next(points.Length)]), cancel);
    };

    /// <summary>One after another, each when so many rounds have been committed.</summary>
    public static Func<Driver, CancellationToken, Task> When(params (int Rounds, string What, Func<CancellationToken, Task> Act)[] harms) =>
        async (driver, cancel) =>
        {
            foreach (var (rounds, what, act) in harms.OrderBy(harm => harm.Rounds))
            {
                await driver.ReachAsync(rounds, cancel);
                await driver.HarmAsync(what, act, cancel);
            }
        };
}
