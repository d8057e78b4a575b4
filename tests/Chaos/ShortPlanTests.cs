using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger.Faults;
using AspireFed.Tests.Chaos.Plan;
using AspireFed.Tests.Chaos.World;
using AspireFed.Tests.Integration.Infrastructure;

namespace AspireFed.Tests.Chaos;

/// <summary>Every fault once: enough to notice a step that is not safe.</summary>
[Collection("one world at a time")]
public sealed class ShortPlanTests(ServersFixture servers)
{
    private const int Pretraining = 4;
    private const int Finetuning = 2;

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
            // Of two aggregators one leads at a time: each fault waits until its aggregator comes to the point.
            Plans.EachOnce(world.Aggregators[0], FaultPoint.RoundOpened, FaultPoint.UpdateCounted, FaultPoint.DecisionWritten, FaultPoint.CommitWritten, FaultPoint.OutcomeDue),
            Plans.EachOnce(world.Aggregators[1], FaultPoint.CommandSent, FaultPoint.DecisionAgreed, FaultPoint.GlobalWritten, FaultPoint.ObjectDeleted, FaultPoint.OutcomeDue),
            Plans.EachOnce(trainers[0], FaultPoint.CommandAccepted, FaultPoint.WeightsSent),
            Plans.EachOnce(trainers[1], FaultPoint.Training, FaultPoint.ManifestWritten),
            Plans.EachOnce(trainers[2], FaultPoint.UpdateTrained, FaultPoint.UpdateAnnounced),
            Plans.EachOnce(trainers[3], FaultPoint.WeightsHalfSent),
            Plans.EachOnce(world.Tokenizer, world.Tokenizer.Points),
            Plans.EachOnce(world.Evaluator, world.Evaluator.Points),
            Plans.When(
                (2, "Redis emptied", world.EmptyRedisAsync),
                (3, "queues deleted", world.DeleteQueuesAsync),
                (4, "Redis killed", stop => world.RestartServerAsync("redis", stop)),
                (5, "RabbitMQ killed", stop => world.RestartServerAsync("rabbitmq", stop)),
                (6, "object store killed", stop => world.RestartServerAsync("objectstore", stop))),
        ], Cancel);

        Assert.Equal((ExperimentEnd.Completed, ""), (outcome.End, outcome.Reason));
        Assert.Equal([], await Verdicts.OfAsync(world, driver.Commits, undisturbed.Commits, Cancel));
        var missed = Enum.GetValues<FaultPoint>().Select(point => new Fault(point).ToString()).Except(driver.Faults.Keys).ToList();
        Assert.Equal([], missed);
    }

    private static void Tell(string line) => TestContext.Current.TestOutputHelper?.WriteLine(line);
}
