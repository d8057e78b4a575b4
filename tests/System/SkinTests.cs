using AspireFed.Contracts;
using AspireFed.Contracts.Views;

namespace AspireFed.Tests.System;

/// <summary>Real images of real sites.</summary>
public sealed class SkinTests(RunningSystem system)
{
    [Fact]
    public async Task Four_real_sites_train_one_round_of_each_stage_together()
    {
        Assert.SkipUnless(Repository.HasData("Skin"), "The Skin images are in neither ASPIREFED_DATA nor ../shared/data.");
        var cancel = TestContext.Current.CancellationToken;
        var id = await system.CreateAsync(
            "skin-fed-mae.yaml",
            ["pretrain.rounds=1", "pretrain.warmupRounds=0", "finetune.rounds=1", "finetune.warmupRounds=0"], cancel);
        var end = await system.EndOfAsync(id, cancel);

        Assert.True(end.Summary.State == ExperimentState.Completed, end.Summary.Reason);
        var trained = end.Rounds.Where(round => round.Commit.Decision.Key.Round == 1).Select(round => round.Commit.Decision).ToList();
        Assert.Equal([Stage.Pretrain, Stage.Finetune], trained.Select(decision => decision.Key.Stage));
        Assert.All(trained, decision => Assert.Equal(4, decision.Counted.Select(update => update.Client.Name).Distinct().Count()));
        var metrics = Assert.Single(end.Evaluations).Overall;
        Assert.Equal(690, metrics.Images);
        Assert.Equal(7, metrics.Confusion.Length);
        Assert.InRange(metrics.Top1, 0.1, 1);
    }
}
