using System.Net;
using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Security.Cryptography;
using System.Text.Json;
using AspireFed.Aggregator.Clients;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class ApiTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_faults_of_a_spec_come_at_once_with_path_and_line()
    {
        using var store = new FolderObjectStore();
        await using var host = await SettledAsync(store, 3);
        var faults = await FaultsAsync(host, TestSpecs.TwoRounds.Replace("batchSize: 8", "batchSize: 64").Replace("seed: 3", "sede: 3")
            .Replace("partition: 3_clients/split_1", "partition: 3_clients/split_1\n  clients: [client-1, client-9]"));

        Assert.Contains(faults, fault => fault is { Path: "sede", Line: 2 });
        Assert.Contains(faults, fault => fault is { Path: "data.clients[1]", Line: 6 } && fault.Message.Contains("known clients: client-1, client-2, client-3"));
        Assert.Contains(faults, fault => fault.Path == "pretrain.batchSize" && fault.Message.Contains("client-1 has 40"));
        Assert.Empty(await host.ShowAsync<ExperimentSummary[]>("/experiments"));
    }

    [Theory]
    [InlineData("set: tiny", "set: retina", "data.set", "known sets: tiny")]
    [InlineData("3_clients/split_1", "3_clients/split_2", "data.partition", "known partitions: 3_clients/split_1")]
    [InlineData("seed: 3", "federation: { cohort: 4 }", "federation.cohort", "the federation has 3")]
    [InlineData("seed: 3", "federation: { quorum: 4 }", "federation.quorum", "the federation has 3 clients")]
    public async Task What_no_trainer_has_is_a_fault_that_names_what_there_is(string good, string bad, string path, string message)
    {
        using var store = new FolderObjectStore();
        await using var host = await SettledAsync(store, 3);
        var fault = Assert.Single(await FaultsAsync(host, TestSpecs.TwoRounds.Replace(good, bad)));
        Assert.Equal(path, fault.Path);
        Assert.Contains(message, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_partition_whose_clients_are_not_all_there_is_a_fault()
    {
        using var store = new FolderObjectStore();
        await using var host = await SettledAsync(store, 2);
        var fault = Assert.Single(await FaultsAsync(host, TestSpecs.TwoRounds));
        Assert.Contains("Only 2 of the 3 clients", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_check_creates_nothing()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var response = await host.Http.PostAsync("/experiments?check=true&set=pretrain.rounds=7", new StringContent(TestSpecs.TwoRounds), Cancel);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        Assert.Equal(7, (await response.Content.ReadFromJsonAsync<ExperimentSummary>(ContractJson.Options, Cancel))!.Rounds);
        Assert.Empty(await host.ShowAsync<ExperimentSummary[]>("/experiments"));
    }

    [Fact]
    public async Task A_running_experiment_is_cancelled_and_its_trainers_told()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var asked = new TaskCompletionSource();
        trainers[0].Instead = _ =>
        {
            asked.TrySetResult();
            return Task.CompletedTask;
        };
        await using var host = await AggregatorHost.StartAsync(store, trainers, new FakeTimeProvider());
        var running = await host.CreateAsync(TestSpecs.TwoRounds);
        await asked.Task.WaitAsync(Cancel);
        var queued = await host.CreateAsync(TestSpecs.TwoRounds);
        Assert.Equal($"{running}-2", queued);
        Assert.Equal(ExperimentState.Queued, (await host.ShowAsync<ExperimentView>($"/experiments/{queued}")).Summary.State);
        Assert.Equal(ExperimentState.Running, (await host.ShowAsync<ExperimentView>($"/experiments/{running}")).Summary.State);

        foreach (var id in new[] { queued, running })
        {
            Assert.Equal(HttpStatusCode.Accepted, (await host.Http.PostAsync($"/experiments/{id}/cancel", null, Cancel)).StatusCode);
            Assert.Equal(ExperimentEnd.Cancelled, (await host.EndOfAsync(id)).End);
            Assert.Equal(ExperimentState.Cancelled, (await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Summary.State);
        }
        foreach (var trainer in trainers)
            Assert.Equal([queued, running], new[] { await trainer.Dropped.Reader.ReadAsync(Cancel), await trainer.Dropped.Reader.ReadAsync(Cancel) }.OrderDescending());
        Assert.Equal(HttpStatusCode.Conflict, (await host.Http.PostAsync($"/experiments/{queued}/cancel", null, Cancel)).StatusCode);
    }

    [Fact]
    public async Task The_story_is_followed_to_its_end_and_resumed_after_the_last_event_seen()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var id = await host.CreateAsync(TestSpecs.TwoStages);
        var events = await FollowAsync(host, id, null);

        var kinds = events.Select(e => JsonSerializer.Deserialize<ExperimentEvent>(e.Data, ContractJson.Options)!.Kind).ToList();
        Assert.Equal(ExperimentEventKind.Created, kinds[0]);
        Assert.Equal(ExperimentEventKind.Ended, kinds[^1]);
        Assert.Equal(6, kinds.Count(kind => kind == ExperimentEventKind.RoundCommitted));
        Assert.Equal(2, kinds.Count(kind => kind == ExperimentEventKind.StageBegan));
        Assert.Equal(events.Skip(5).Select(e => e.EventId), (await FollowAsync(host, id, events[4].EventId)).Select(e => e.EventId));
    }

    [Fact]
    public async Task The_global_model_of_a_round_is_given_out_with_its_hash()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await host.EndOfAsync(id);
        var commit = await host.CommitOfAsync(id, Stage.Pretrain, 2);

        using var response = await host.Http.GetAsync($"/experiments/{id}/models/pretrain/2", Cancel);
        var hash = SHA256.HashData(await response.Content.ReadAsByteArrayAsync(Cancel));
        Assert.Equal(commit.Global.Sha256, Convert.ToHexStringLower(hash));
        Assert.Equal($"sha-256=:{Convert.ToBase64String(hash)}:", response.Headers.GetValues("Repr-Digest").Single());
        Assert.Equal($"{id}-pretrain-2.safetensors", response.Content.Headers.ContentDisposition?.FileName);

        using var missing = await host.Http.GetAsync($"/experiments/{id}/models/finetune/2", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        Assert.Contains("no committed round 2 of the stage 'finetune'", await missing.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_rounds_of_an_ended_experiment_are_read_from_the_store_once_however_often_it_is_looked_at()
    {
        using var store = new FolderObjectStore();
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            id = await first.CreateAsync(TestSpecs.TwoStages);
            await first.EndOfAsync(id);
            var before = store.Calls.Count;
            Assert.Equal(6, (await first.ShowAsync<ExperimentView>($"/experiments/{id}")).Rounds.Count);
            Assert.DoesNotContain(store.Calls.Skip(before), call => IsOfARound(call.Name)); // it has been in memory since it ran
        }
        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var looks = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => second.ShowAsync<ExperimentView>($"/experiments/{id}")));

        Assert.All(looks, look => Assert.Equal((6, 2), (look.Rounds.Count, look.Evaluations.Count)));
        Assert.Equal(1, store.Calls.Count(call => call == ("get", ObjectNames.Timing(new RoundKey(id, Stage.Finetune, 1)))));

        static bool IsOfARound(string name) => name.EndsWith("/commit.json", StringComparison.Ordinal) || name.EndsWith("/timing.json", StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_reading_goes_on_when_the_one_who_asked_has_gone_and_the_next_one_finds_it()
    {
        using var store = new FolderObjectStore();
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            id = await first.CreateAsync(TestSpecs.TwoStages);
            await first.EndOfAsync(id);
        }
        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        Assert.Single(await second.ShowAsync<ExperimentSummary[]>("/experiments"));
        using var timing = new Gate("get", "finetune/rounds/00001/timing.json");
        store.Fault = timing.Hold;
        using (var impatient = CancellationTokenSource.CreateLinkedTokenSource(Cancel))
        {
            var asked = second.Http.GetAsync($"/experiments/{id}", impatient.Token);
            await timing.Reached;
            await impatient.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);
        }
        timing.Open();
        Assert.Equal(6, (await second.ShowAsync<ExperimentView>($"/experiments/{id}")).Rounds.Count);
        Assert.Single(store.Calls, call => call == ("get", ObjectNames.Timing(new RoundKey(id, Stage.Finetune, 1))));
    }

    [Fact]
    public async Task Metrics_that_come_after_an_experiment_was_cancelled_are_shown()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[1].Instead = command => command.Key is { Stage: Stage.Finetune, Round: 2 } ? Task.CompletedTask : trainers[1].AnswerAsync(command);
        await using var host = await AggregatorHost.StartAsync(store, trainers, evaluator: new FakeEvaluator(store) { Hears = _ => false });
        var id = await host.CreateAsync(TestSpecs.TwoStages);
        await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.RoundCommitted, count: 5);
        await host.Http.PostAsync($"/experiments/{id}/cancel", null, Cancel);
        await host.EndOfAsync(id);
        Assert.Empty((await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Evaluations);

        var key = new RoundKey(id, Stage.Finetune, 1);
        var overall = new ClassificationMetrics(10, 0.8, 0.7, 0.5, [[4, 1], [1, 4]]);
        await host.Ledger.WriteAsync(ObjectNames.Metrics(key), new RoundMetrics(key, ["no", "yes"], overall, new Dictionary<string, ClassificationMetrics>()), Cancel);

        Assert.Equal(0.8, Assert.Single((await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Evaluations).Overall.Top1);
        Assert.Equal(0.8, Assert.Single(await host.ShowAsync<ExperimentSummary[]>("/experiments")).Top1);
    }

    [Fact]
    public async Task Unknown_experiments_and_missing_results_are_problems_with_a_sentence()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, []);
        var response = await host.Http.GetAsync("/experiments/nothing/results", Cancel);
        Assert.Equal(HttpStatusCode.NotFound, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        Assert.Contains("There is no experiment 'nothing'.", await response.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clients_and_the_description_of_the_api_are_served()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        Assert.Equal(["client-1", "client-2", "client-3"], (await host.ShowAsync<ClientView[]>("/clients")).Select(view => view.Client.Name));
        var description = await host.Http.GetStringAsync("/openapi/v1.json", Cancel);
        Assert.Contains("Create an experiment", description, StringComparison.Ordinal);
        Assert.Contains("/experiments/{id}/events", description, StringComparison.Ordinal);
    }

    /// <summary>A host at which the time for trainers to announce themselves is over.</summary>
    private static async Task<AggregatorHost> SettledAsync(FolderObjectStore store, int trainers)
    {
        var time = new FakeTimeProvider();
        var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)[..trainers], time);
        time.Advance(ClientRegistry.Settling);
        return host;
    }

    private static async Task<List<SseItem<string>>> FollowAsync(AggregatorHost host, string id, string? after)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"/experiments/{id}/events");
        if (after is not null) request.Headers.Add("Last-Event-ID", after);
        using var response = await host.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Cancel);
        List<SseItem<string>> events = [];
        await foreach (var item in SseParser.Create(await response.Content.ReadAsStreamAsync(Cancel)).EnumerateAsync(Cancel)) events.Add(item);
        return events;
    }

    private static async Task<IReadOnlyList<SpecFault>> FaultsAsync(AggregatorHost host, string yaml)
    {
        var response = await host.Http.PostAsync("/experiments", new StringContent(yaml), Cancel);
        Assert.Equal(HttpStatusCode.BadRequest, response.StatusCode);
        Assert.Equal("application/problem+json", response.Content.Headers.ContentType!.MediaType);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStreamAsync(Cancel));
        return problem.RootElement.GetProperty("errors").Deserialize<SpecFault[]>(ContractJson.Options)!;
    }
}
