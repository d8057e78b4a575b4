using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger.Faults;
using AspireFed.Tests.Chaos.Plan;
using AspireFed.Tests.Chaos.World;
using AspireFed.Tests.Integration.Infrastructure;

namespace AspireFed.Tests.Chaos;

/// <summary>Every fault once, and at last all processes at once: enough to notice a step that is not safe.</summary>
[Collection("one world at a time")]
public sealed class ShortPlanTests(ServersFixture servers)
{
    private const int Pretraining = 4;
    private const int Finetuning = 2;

    private static readonly Dictionary<string, Func<ChaosWorld, CancellationToken, Task>> s_harms = new()
    {
        ["Redis emptied"] = (world, stop) => world.EmptyRedisAsync(stop),
        ["queues deleted"] = (world, stop) => world.DeleteQueuesAsync(stop),
        ["Redis killed"] = (world, stop) => world.RestartServerAsync("redis", stop),
        ["RabbitMQ killed"] = (world, stop) => world.RestartServerAsync("rabbitmq", stop),
        ["object store killed"] = (world, stop) => world.RestartServerAsync("objectstore", stop),
    };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly IReadOnlyList<(Stage, int)> Stages = [(Stage.Pretrain, Pretraining), (Stage.Finetune, Finetuning)];

    [Fact]
    public async Task A_run_whose_services_and_servers_die_at_every_step_ends_with_the_same_bytes()
    {
        await using var world = new ChaosWorld(servers);
        await world.StartAsync(Cancel);
        var yaml = ChaosSpecs.Beit(Pretraining, Finetuning);
        var undisturbed = new Driver(world, await world.CreateAsync(yaml, Cancel), Tell);
        Assert.Equal(ExperimentEnd.Completed, (await undisturbed.RunAsync(Stages, [], Cancel)).End);

        var driver = new Driver(world, await world.CreateAsync(yaml, Cancel), Tell);
        var trainers = world.TrainerProcesses;
        var outcome = await driver.RunAsync(Stages,
        [
            Plans.EachOnce(world.Aggregators, Points.Aggregator),
            Plans.EachOnce(trainers[0], FaultPoint.CommandAccepted, FaultPoint.WeightsSent),
            Plans.EachOnce(trainers[1], FaultPoint.Training, FaultPoint.ManifestWritten),
            Plans.EachOnce(trainers[2], FaultPoint.UpdateTrained, FaultPoint.UpdateAnnounced),
            Plans.EachOnce(trainers[3], FaultPoint.WeightsHalfSent),
            Plans.EachOnce(world.Tokenizer, world.Tokenizer.Points),
            Plans.EachOnce(world.Evaluator, world.Evaluator.Points),
            .. s_harms.Select((harm, i) => Plans.When((1 + i, harm.Key, stop => harm.Value(world, stop)))),
        ], Cancel);

        await HoldAsync(driver, outcome);
        var missed = Enum.GetValues<FaultPoint>().Select(point => new Fault(point).ToString()).Concat(s_harms.Keys).Except(driver.Faults.Keys);
        Assert.Equal([], missed);

        var powerless = new Driver(world, await world.CreateAsync(yaml, Cancel), Tell);
        await HoldAsync(powerless, await powerless.RunAsync(Stages, [Plans.When((3, "power lost", world.LosePowerAsync))], Cancel));
        Assert.Equal(1, powerless.Struck);

        async Task HoldAsync(Driver run, ExperimentOutcome end)
        {
            Assert.Equal((ExperimentEnd.Completed, ""), (end.End, end.Reason));
            Assert.Equal([], await Verdicts.OfAsync(world, run.Commits, undisturbed.Commits, Cancel));
        }
    }

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
