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

    /// <summary>The same for services of which one leads at a time: each fault strikes whichever comes to its point first.</summary>
    public static Func<Driver, CancellationToken, Task> EachOnce(IReadOnlyList<Victim> victims, IReadOnlyList<FaultPoint> points) => async (driver, cancel) =>
    {
        foreach (var point in points)
        {
            using var struck = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var armed = victims.Select(victim => driver.StrikeAsync(victim, new Fault(point), struck.Token)).ToList();
            var first = await Task.WhenAny(armed);
            await struck.CancelAsync();
            await Task.WhenAll(armed).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await first;
        }
    };

    /// <summary>A service dies at points drawn from the seed, again and again, until so many faults have struck in all.</summary>
    public static Func<Driver, CancellationToken, Task> AtRandom(Victim victim, int seed, int until) => async (driver, cancel) =>
    {
        // What is reached once an experiment would never strike again and again.
        FaultPoint[] points = [.. victim.Points.Except([FaultPoint.OutcomeDue, FaultPoint.ResultsDue])];
        var random = new Random((1000 * seed) + victim.Name.Sum(letter => letter));
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
