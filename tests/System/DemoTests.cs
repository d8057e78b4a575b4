using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using AspireFed.Fed.Server;

namespace AspireFed.Tests.System;

public sealed class DemoTests(RunningSystem system)
{
    private static readonly string[] TwoTinyRounds =
    [
        "pretrain.rounds=2", "pretrain.warmupRounds=0", "pretrain.batchSize=8",
        "finetune.rounds=2", "finetune.warmupRounds=0", "finetune.batchSize=4", "finetune.labelFraction=1", "finetune.localEpochs=1",
        "evaluate.every=1",
    ];

    [Fact]
    public async Task The_demo_pretrains_finetunes_and_evaluates()
    {
        var cancel = TestContext.Current.CancellationToken;
        var id = await system.CreateAsync("demo.yaml", TwoTinyRounds, cancel);
        var end = await system.EndOfAsync(id, cancel);
        var results = await system.Server.ResultsAsync(id, cancel);

        Assert.True(end.Summary.State == ExperimentState.Completed, end.Summary.Reason);
        foreach (var stage in new[] { Stage.Pretrain, Stage.Finetune })
        {
            var rounds = end.Rounds.Where(round => round.Commit.Decision.Key is { Round: > 0 } key && key.Stage == stage).ToList();
            Assert.Equal([1, 2], rounds.Select(round => round.Commit.Decision.Key.Round));
            Assert.All(rounds, round => Assert.Equal(5, round.Commit.Decision.Counted.Count));
            Assert.All(rounds, round => Assert.Empty(round.Commit.Decision.LeftOut));
        }
        Assert.Equal(2, results.PretrainLoss.Count);
        Assert.Equal(2, results.FinetuneLoss.Count);
        Assert.All([.. results.PretrainLoss, .. results.FinetuneLoss], loss => Assert.True(double.IsFinite(loss)));
        Assert.Equal(2, results.Evaluations.Count);
        var last = results.Evaluations[^1];
        Assert.Equal(50, last.Overall.Images);
        Assert.Equal(50, last.Overall.Confusion.Sum(row => row.Sum()));
        Assert.Equal(5, last.Sites.Count);
        Assert.Equal(end.Rounds[^1].Commit.Global.Sha256, results.FinalWeightsSha256);
    }

    [Fact]
    public async Task The_same_experiment_twice_ends_with_the_same_bytes()
    {
        var cancel = TestContext.Current.CancellationToken;
        var sets = TwoTinyRounds.Where(set => !set.StartsWith("pretrain", StringComparison.Ordinal)).ToList();
        List<string> hashes = [];
        for (var run = 0; run < 2; run++)
        {
            var id = await system.CreateAsync("demo-scratch.yaml", sets, cancel);
            var end = await system.EndOfAsync(id, cancel);
            Assert.True(end.Summary.State == ExperimentState.Completed, end.Summary.Reason);
            hashes.Add((await system.Server.ResultsAsync(id, cancel)).FinalWeightsSha256);
        }
        Assert.Equal(hashes[0], hashes[1]);
    }

    [Fact]
    public async Task A_spec_with_faults_is_refused_with_all_of_them()
    {
        var refused = await Assert.ThrowsAsync<SpecRefusedException>(() => system.CreateAsync(
            "demo.yaml", ["data.partition=7_clients/nowhere", "pretrain.rounds=0", "model.colour=red"],
            TestContext.Current.CancellationToken));
        Assert.Contains(refused.Faults, fault => fault.Path == "pretrain.rounds");
        Assert.Contains(refused.Faults, fault => fault.Path == "model.colour");
    }
}
