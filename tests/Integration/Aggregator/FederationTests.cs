using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Aggregator;
using AspireFed.Tests.Integration.Infrastructure;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace AspireFed.Tests.Integration.Aggregator;

/// <summary>The Aggregator as it runs, over a real broker, Redis and object store; only its trainers and evaluator are the test's.</summary>
[Collection(nameof(RunningAggregator))]
public sealed class FederationTests(ServersFixture servers)
{
    private const int RedisDatabase = 7;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Two_stages_run_to_their_results_although_redis_is_emptied_on_the_way()
    {
        var flushed = 0;
        await using var federation = await StartAsync($"federation-{Guid.NewGuid():N}", trainer => async command =>
        {
            if (command.Key.Round == 2 && Interlocked.Exchange(ref flushed, 1) == 0)
            {
                await using var redis = await ConnectionMultiplexer.ConnectAsync($"{servers.Redis},allowAdmin=true");
                await redis.GetServers()[0].FlushDatabaseAsync(RedisDatabase);
            }
            await trainer.AnswerAsync(command);
        });
        var id = await federation.CreateAsync(TestSpecs.TwoStages);
        var story = await federation.FollowAsync(id);

        Assert.Equal(ExperimentEventKind.Ended, story[^1].Kind);
        var view = await federation.ShowAsync(id);
        Assert.Equal((ExperimentState.Completed, ""), (view.Summary.State, view.Summary.Reason));
        Assert.Equal(6, view.Rounds.Count);
        Assert.Equal(2, view.Evaluations.Count);
        Assert.All(view.Rounds, round => Assert.True(round.Timing is { TotalSeconds: > 0, Bytes: > 0 }));

        TestContext.Current.TestOutputHelper?.WriteLine(
            $"Seconds a round, with nothing to train: {string.Join(", ", view.Rounds.Select(round => $"{round.Timing!.TotalSeconds:0.000}"))}");

        // Who comes later hears the whole story, told again from the ledger.
        var later = await federation.FollowAsync(id);
        Assert.Equal(ExperimentEventKind.Created, later[0].Kind);
        Assert.Equal(6, later.Count(e => e.Kind == ExperimentEventKind.RoundCommitted));
    }

    [Fact]
    public async Task An_aggregator_that_stops_in_mid_round_goes_on_to_the_same_weights()
    {
        var bucket = $"restart-{Guid.NewGuid():N}";
        var inRoundTwo = new TaskCompletionSource();
        string id;
        await using (var first = await StartAsync(bucket, trainer => command =>
        {
            if (command.Key.Round < 2 || trainer.Name != "b") return trainer.AnswerAsync(command);
            inRoundTwo.TrySetResult();
            return Task.CompletedTask;
        }))
        {
            id = await first.CreateAsync(TestSpecs.TwoRounds);
            await inRoundTwo.Task.WaitAsync(Cancel);
        }
        await using var second = await StartAsync(bucket, trainer => trainer.AnswerAsync);
        await second.FollowAsync(id);
        var undisturbed = await second.CreateAsync(TestSpecs.TwoRounds);
        await second.FollowAsync(undisturbed);

        var resumed = await second.CommitAsync(Last(id));
        Assert.Equal((await second.CommitAsync(Last(undisturbed))).Global.Sha256, resumed.Global.Sha256);
    }

    private static RoundKey Last(string experiment) => new(experiment, Stage.Pretrain, 2);

    private async Task<RunningAggregator> StartAsync(string bucket, Func<FakeTrainer, Func<TrainRound, Task>> answer)
    {
        List<FakeTrainer> trainers = [];
        var aggregator = await RunningAggregator.StartAsync(servers, bucket, RedisDatabase, (context, broker) =>
        {
            var objects = context.GetRequiredService<IObjectStore>();
            foreach (var (name, client) in new[] { ("a", "client-1"), ("b", "client-2"), ("c", "client-3") })
            {
                var trainer = new FakeTrainer(name, objects, client);
                trainer.Instead = answer(trainer);
                trainers.Add(trainer);
                broker.ReceiveEndpoint($"{trainer.Queue}-{bucket}", trainer.Connect);
            }
            broker.ReceiveEndpoint($"evaluator-{bucket}", new FakeEvaluator(objects).Connect);
        });
        foreach (var trainer in trainers)
        {
            trainer.Bus = aggregator.Bus;
            await aggregator.Bus.Publish(trainer.Announcement with { Queue = $"{trainer.Queue}-{bucket}" }, Cancel);
        }
        return aggregator;
    }
}
