using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>Where the weights come from that an experiment begins with.</summary>
public sealed class StartingPointTests
{
    private static readonly byte[] Weights = [1, 2, 3, 4];
    private static readonly string Sha256 = Convert.ToHexStringLower(SHA256.HashData(Weights));

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Weights_sent_twice_lie_in_the_store_once_and_are_found_by_their_hash()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, []);

        using var before = await host.Http.GetAsync($"/checkpoints/{Sha256}", Cancel);
        using var first = await SendAsync(host, Sha256);
        using var again = await SendAsync(host, Sha256);
        var found = await host.ShowAsync<CheckpointRecord>($"/checkpoints/{Sha256}");

        Assert.Equal(HttpStatusCode.NotFound, before.StatusCode);
        Assert.Equal((HttpStatusCode.Created, HttpStatusCode.Created), (first.StatusCode, again.StatusCode));
        Assert.Equal(("beit.pth", new ObjectRef(ObjectNames.CheckpointWeights(Sha256), Sha256, Weights.Length)), (found.File, found.Weights));
        Assert.Equal(Weights, await store.GetAsync(found.Weights.Name, Cancel));
        Assert.Equal(2, (await store.ListAsync(ObjectNames.Checkpoints, Cancel)).Count);
    }

    [Fact]
    public async Task Weights_that_arrive_with_another_hash_are_refused_and_not_kept()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, []);
        using var refused = await SendAsync(host, new string('a', 64));
        using var noHash = await SendAsync(host, "..");

        Assert.Equal(HttpStatusCode.BadRequest, refused.StatusCode);
        Assert.Contains("send it again", await refused.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.False(noHash.IsSuccessStatusCode);
        Assert.Empty(await store.ListAsync(ObjectNames.Checkpoints, Cancel));
    }

    [Fact]
    public async Task A_spec_that_names_weights_nobody_has_sent_is_refused_unless_it_is_only_checked()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var spec = TestSpecs.TwoRounds.With($"init: {ObjectNames.Checkpoint(Sha256)}");

        using var check = await host.Http.PostAsync("/experiments?check=true", new StringContent(spec), Cancel);
        using var missing = await host.Http.PostAsync("/experiments", new StringContent(spec), Cancel);
        using var file = await host.Http.PostAsync("/experiments?check=true", new StringContent(TestSpecs.TwoRounds.With("init: ../beit.pth")), Cancel);

        Assert.Equal(HttpStatusCode.OK, check.StatusCode);
        Assert.Contains("There are no weights", await missing.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Contains("fed run", await file.Content.ReadAsStringAsync(Cancel), StringComparison.Ordinal);
        Assert.Empty(await host.ShowAsync<Contracts.Views.ExperimentSummary[]>("/experiments"));
    }

    [Fact]
    public async Task The_first_stage_of_the_transformer_starts_from_the_weights_that_the_spec_names()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        using var sent = await SendAsync(host, Sha256);
        var id = await host.CreateAsync(TestSpecs.TwoStages.With($"init: {ObjectNames.Checkpoint(Sha256)}"));
        await host.EndOfAsync(id);

        var weights = new ObjectRef(ObjectNames.CheckpointWeights(Sha256), Sha256, Weights.Length);
        Assert.Equal(weights, Commands(trainers, Stage.Pretrain, 0).Start);
        Assert.Equal((await host.CommitOfAsync(id, Stage.Pretrain, 2)).Global, Commands(trainers, Stage.Finetune, 0).Start);
        var record = await host.Ledger.GetAsync<ExperimentRecord>(ObjectNames.Experiment(id), Cancel);
        Assert.Equal(weights, record.Init);
    }

    [Fact]
    public async Task Pretraining_gets_its_tokens_from_the_tokenizer_that_the_stage_before_has_trained()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.Replace("family: mae", "family: beit")
            .With("  tokenizer: { kind: dvae }\ntokenizer: { rounds: 2, warmupRounds: 1, batchSize: 8 }"));
        var outcome = await host.EndOfAsync(id);

        Assert.Equal((ExperimentEnd.Completed, ""), (outcome.End, outcome.Reason));
        var tokenizer = (await host.CommitOfAsync(id, Stage.Tokenizer, 2)).Global;
        var first = Commands(trainers, Stage.Pretrain, 0);
        Assert.Null(first.Start);
        Assert.Equal(tokenizer, first.Tokenizer);
        Assert.Equal(tokenizer, Commands(trainers, Stage.Pretrain, 2).Tokenizer);
        Assert.Null(Commands(trainers, Stage.Tokenizer, 1).Tokenizer);
    }

    private static TrainRound Commands(IReadOnlyList<FakeTrainer> trainers, Stage stage, int round) =>
        trainers.SelectMany(trainer => trainer.Commands).First(command => command.Key.Stage == stage && command.Key.Round == round);

    private static Task<HttpResponseMessage> SendAsync(AggregatorHost host, string sha256) =>
        host.Http.PutAsync($"/checkpoints/{sha256}?file=beit.pth", new ByteArrayContent(Weights), Cancel);
}
