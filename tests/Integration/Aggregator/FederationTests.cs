using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using AspireFed.Aggregator;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Messaging;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;
using AspireFed.Tests.Harness.Aggregator;
using AspireFed.Tests.Integration.Infrastructure;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using StackExchange.Redis;

namespace AspireFed.Tests.Integration.Aggregator;

/// <summary>The Aggregator as it runs, over a real broker, Redis and object store; only its trainers and evaluator are the test's.</summary>
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
        var view = (await federation.Http.GetFromJsonAsync<ExperimentView>($"/experiments/{id}", ContractJson.Options, Cancel))!;
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

        var resumed = await second.FinalAsync(id);
        Assert.Equal((await second.FinalAsync(undisturbed)).Sha256, resumed.Sha256);
    }

    private Task<Federation> StartAsync(string bucket, Func<FakeTrainer, Func<Contracts.Messages.TrainRound, Task>> answer) =>
        Federation.StartAsync(servers, bucket, RedisDatabase, answer);

    private sealed class Federation(WebApplication app) : IAsyncDisposable
    {
        public HttpClient Http { get; } = new() { BaseAddress = new Uri(app.Urls.First()) };

        public static async Task<Federation> StartAsync(
            ServersFixture servers, string bucket, int redisDatabase, Func<FakeTrainer, Func<Contracts.Messages.TrainRound, Task>> answer)
        {
            var builder = WebApplication.CreateBuilder();
            var store = string.Join(';', servers.ObjectStore.Split(';').Where(part => !part.StartsWith("Bucket=", StringComparison.OrdinalIgnoreCase)).Append($"Bucket={bucket}"));
            builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
            {
                ["ConnectionStrings:redis"] = $"{servers.Redis},defaultDatabase={redisDatabase}",
                ["ConnectionStrings:rabbitmq"] = servers.RabbitMq,
                ["ConnectionStrings:objectstore"] = store,
                ["Urls"] = "http://127.0.0.1:0",
            });
            builder.AddServiceDefaults().AddLedger().AddLiveViewStore();
            builder.Services.AddSingleton<ILiveView, RedisLiveView>().AddAggregator();
            List<FakeTrainer> trainers = [];
            builder.AddMessaging(bus => bus.AddAggregatorConsumers(), (context, broker) =>
            {
                broker.ConfigureAggregatorEndpoints(context);
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
            var app = builder.Build();
            app.UseExceptionHandler().UseStatusCodePages();
            app.MapExperiments();
            await app.StartAsync(Cancel);
            var bus = app.Services.GetRequiredService<IBus>();
            foreach (var trainer in trainers)
            {
                trainer.Bus = bus;
                await bus.Publish(trainer.Announcement with { Queue = $"{trainer.Queue}-{bucket}" }, Cancel);
            }
            return new Federation(app);
        }

        public async Task<string> CreateAsync(string yaml)
        {
            var response = await Http.PostAsync("/experiments", new StringContent(yaml), Cancel);
            Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
            return (await response.Content.ReadFromJsonAsync<ExperimentSummary>(ContractJson.Options, Cancel))!.Id;
        }

        public async Task<List<ExperimentEvent>> FollowAsync(string id)
        {
            List<ExperimentEvent> story = [];
            await using var stream = await Http.GetStreamAsync($"/experiments/{id}/events", Cancel);
            await foreach (var item in SseParser.Create(stream).EnumerateAsync(Cancel))
                story.Add(JsonSerializer.Deserialize<ExperimentEvent>(item.Data, ContractJson.Options)!);
            return story;
        }

        public async Task<ObjectRef> FinalAsync(string id) =>
            (await app.Services.GetRequiredService<ExperimentLedger>().GetAsync<RoundCommit>(ObjectNames.Commit(new RoundKey(id, Stage.Pretrain, 2)), Cancel)).Global;

        public async ValueTask DisposeAsync()
        {
            Http.Dispose();
            await app.StopAsync();
            await app.DisposeAsync();
        }
    }
}
