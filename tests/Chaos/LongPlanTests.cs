using System.Globalization;
using System.Text;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Tests.Chaos.Plan;
using AspireFed.Tests.Chaos.World;
using AspireFed.Tests.Integration.Infrastructure;

namespace AspireFed.Tests.Chaos;

/// <summary>`./bench chaos --kills N --seed S`: hundreds of kills drawn from a seed.</summary>
[Collection("one world at a time")]
public sealed class LongPlanTests(ServersFixture servers)
{
    private const int LeastRounds = 30;

    /// <summary>How many kills a round survives on average, so that a stage is long enough for all.</summary>
    private const int KillsPerRound = 4;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact(Explicit = true)]
    public async Task Kills_at_random_points_change_no_byte()
    {
        var (kills, seed) = (Setting("CHAOS_KILLS", 200), Setting("CHAOS_SEED", 1));
        var rounds = Math.Max(LeastRounds, kills / KillsPerRound);
        IReadOnlyList<(Stage, int)> stages = [(Stage.Pretrain, rounds), (Stage.Finetune, rounds)];
        await using var world = new ChaosWorld(servers);
        await world.StartAsync(Cancel);
        Tell($"Undisturbed: {rounds} rounds of pre-training and {rounds} of fine-tuning with 4 trainers");
        var undisturbed = new Driver(world, await world.CreateAsync(ChaosSpecs.Mae(rounds), Cancel), Tell);
        await undisturbed.RunAsync(stages, [], Cancel);

        Tell($"Disturbed: {kills} faults in each stage, seed {seed}");
        var driver = new Driver(world, await world.CreateAsync(ChaosSpecs.Mae(rounds), Cancel), Tell);
        List<Func<Driver, CancellationToken, Task>> plans = [];
        foreach (var victim in world.Aggregators.Concat(world.TrainerProcesses)) plans.Add(TwoStages(victim, seed, kills, rounds));
        plans.Add(Plans.When([.. Losses(world, seed, rounds)]));
        var outcome = await driver.RunAsync(stages, plans, Cancel);

        var wrong = await Verdicts.OfAsync(world, driver.Commits, undisturbed.Commits, Cancel);
        Tell(Report(driver, undisturbed, outcome, wrong));
        Assert.Equal(ExperimentEnd.Completed, outcome.End);
        Assert.Equal([], wrong);
        Assert.True(driver.Struck >= 2 * kills, $"Only {driver.Struck} of {2 * kills} faults struck before the run was over.");
    }

    // Half of the kills while it pre-trains, the other half while it fine-tunes.
    private static Func<Driver, CancellationToken, Task> TwoStages(Victim victim, int seed, int kills, int rounds) => async (driver, cancel) =>
    {
        await Plans.AtRandom(victim, seed, kills)(driver, cancel);
        await driver.ReachAsync(rounds + 1, cancel);
        await Plans.AtRandom(victim, seed + 1, 2 * kills)(driver, cancel);
    };

    /// <summary>Redis emptied and all queues deleted five times each, and every server killed in turn, at rounds drawn from the seed.</summary>
    private static IEnumerable<(int Rounds, string What, Func<CancellationToken, Task> Act)> Losses(ChaosWorld world, int seed, int rounds)
    {
        var random = new Random(seed);
        int Some() => 1 + random.Next(2 * rounds);
        for (var i = 0; i < 5; i++)
        {
            yield return (Some(), "Redis emptied", world.EmptyRedisAsync);
            yield return (Some(), "queues deleted", world.DeleteQueuesAsync);
        }
        foreach (var server in new[] { "redis", "rabbitmq", "objectstore", "objectstore-object", "objectstore-container", "objectstore-account" })
            yield return (Some(), $"{server} killed", stop => world.RestartServerAsync(server, stop));
    }

    private static string Report(Driver driver, Driver undisturbed, ExperimentOutcome outcome, IReadOnlyList<string> wrong)
    {
        var report = new StringBuilder();
        foreach (var (fault, times) in driver.Faults.OrderBy(fault => fault.Key, StringComparer.Ordinal))
            report.Append(CultureInfo.InvariantCulture, $"{times,5}  {fault}\n");
        report.Append(CultureInfo.InvariantCulture, $"""
            faults survived  {driver.Struck}
            rounds done      {driver.Commits.Count}
            outcome          {outcome.End} {outcome.Reason}
            faults found     {wrong.Count}
            final weights    {driver.Commits[^1].Global.Sha256}
            undisturbed      {undisturbed.Commits[^1].Global.Sha256}
            """);
        foreach (var line in wrong) report.Append(CultureInfo.InvariantCulture, $"\n{line}");
        return report.ToString();
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : otherwise;

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
