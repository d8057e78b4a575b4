using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class RefusalTests
{
    [Theory]
    [InlineData("missing", "head.bias is missing")]
    [InlineData("extra", "more.bias is not part of the model")]
    [InlineData("shape", "head.bias is F32 [8] instead of F32 [7]")]
    [InlineData("nan", "head.bias holds NaN or infinity")]
    [InlineData("hash", "is not what its reference says")]
    [InlineData("rubbish", "no safetensors file")]
    [InlineData("another client", "speaks of tiny/3_clients/split_1/client-1")]
    [InlineData("another round", "in an-experiment/pretrain/7")]
    [InlineData("another's weights", "which is not the name's")]
    [InlineData("another hash", "which is not the name's")]
    [InlineData("no samples", "claims 0 training images")]
    [InlineData("no loss", "training loss is NaN")]
    [InlineData("no manifest", "manifest is not readable")]
    public async Task A_bad_update_is_refused_the_client_told_and_the_experiment_fails_by_its_reason(string fault, string reason)
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        SpoilRoundOne(trainers[1], fault);
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        var outcome = await host.EndOfAsync(id);

        Assert.Equal(ExperimentEnd.Failed, outcome.End);
        Assert.Contains(reason, outcome.Reason, StringComparison.Ordinal);
        Assert.Contains("client-2", outcome.Reason, StringComparison.Ordinal);
        await trainers[1].Refused.WaitAsync(TestContext.Current.CancellationToken);
        // Its message may come after the end that the store's look at it has brought about: then that is told as well.
        var refusals = trainers[1].Refusals.Where(refusal => refusal.Reason != "The experiment has ended already (failed).");
        Assert.Contains(reason, Assert.Single(refusals).Reason, StringComparison.Ordinal);
        Assert.Contains(host.View.Story(id), e => e.Kind == ExperimentEventKind.UpdateRefused);
    }

    [Fact]
    public async Task Where_a_quorum_suffices_a_refused_update_is_left_out_with_its_reason()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        SpoilRoundOne(trainers[1], "nan");
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds.With("federation: { quorum: 2 }"));

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        var decision = (await host.CommitOfAsync(id, Stage.Pretrain, 1)).Decision;
        Assert.Equal(["client-1", "client-3"], decision.Counted.Select(counted => counted.Client.Name));
        Assert.Contains("NaN", Assert.Single(decision.LeftOut).Reason, StringComparison.Ordinal);
        Assert.Equal(3, (await host.CommitOfAsync(id, Stage.Pretrain, 2)).Decision.Counted.Count);
    }

    [Fact]
    public async Task A_client_that_fails_ends_the_experiment_with_its_own_sentence()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        trainers[2].Instead = command => trainers[2].FailAsync(command, "The image 17.jpg is truncated; replace it.");
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        var outcome = await host.EndOfAsync(id);

        Assert.Equal(ExperimentEnd.Failed, outcome.End);
        Assert.Equal("In pretrain round 1 tiny/3_clients/split_1/client-3 gave no update: The image 17.jpg is truncated; replace it.", outcome.Reason);
        var summary = await host.ShowAsync<ExperimentSummary[]>("/experiments");
        Assert.Equal(outcome.Reason, Assert.Single(summary).Reason);
    }

    [Fact]
    public async Task A_last_model_that_cannot_be_evaluated_fails_the_experiment()
    {
        using var store = new FolderObjectStore();
        var evaluator = new FakeEvaluator(store) { Failure = "There are no test images." };
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: evaluator);
        var outcome = await host.EndOfAsync(await host.CreateAsync(TestSpecs.TwoStages));
        Assert.Equal(ExperimentEnd.Failed, outcome.End);
        Assert.EndsWith("There are no test images.", outcome.Reason, StringComparison.Ordinal);
    }

    private static void SpoilRoundOne(FakeTrainer trainer, string fault) => trainer.Instead = command => (command.Key.Round, fault) switch
    {
        (not 1, _) => trainer.AnswerAsync(command),
        (_, "missing") => trainer.AnswerAsync(command, tensors => tensors.Remove("head.bias")),
        (_, "extra") => trainer.AnswerAsync(command, tensors => tensors["more.bias"] = [1]),
        (_, "shape") => trainer.AnswerAsync(command, tensors => tensors["head.bias"] = new float[8]),
        (_, "nan") => trainer.AnswerAsync(command, tensors => tensors["head.bias"][3] = float.NaN),
        (_, "hash") => trainer.SendAsync(command, FakeTrainer.Encode(new Dictionary<string, float[]> { ["x"] = [1] }), new string('a', 64)),
        (_, "another client") => trainer.ClaimAsync(command, manifest => manifest with { Client = FakeTrainer.Id("client-1") }),
        (_, "another round") => trainer.ClaimAsync(command, manifest => manifest with { Key = new RoundKey("an-experiment", Stage.Pretrain, 7) }),
        (_, "another's weights") => trainer.ClaimAsync(command, manifest => manifest with { Weights = manifest.Weights with { Name = manifest.Weights.Name.Replace("client-2", "client-1", StringComparison.Ordinal) } }),
        (_, "another hash") => trainer.ClaimAsync(command, manifest => manifest with { Weights = manifest.Weights with { Sha256 = new string('0', 64) } }),
        (_, "no samples") => trainer.ClaimAsync(command, manifest => manifest with { Samples = 0 }),
        (_, "no loss") => trainer.ClaimAsync(command, manifest => manifest with { Loss = double.NaN }),
        (_, "no manifest") => trainer.ClaimAsync(command, _ => "these are no words of a manifest"),
        _ => trainer.SendAsync(command, "these are no weights at all"u8.ToArray()),
    };
}
