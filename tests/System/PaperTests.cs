using AspireFed.Contracts;
using AspireFed.Contracts.Views;

namespace AspireFed.Tests.System;

/// <summary>The paper's experiments in small: one of each kind, a round of each stage, at the smallest real site.</summary>
public sealed class PaperTests(RunningSystem system)
{
    private const string Site = "vienna_dias";

    /// <summary>ViT-B at 224 px and the paper's sets are too much for a test; of the files stay the method, rates and augmentations.</summary>
    private static readonly string[] Small =
    [
        "data.set=Skin", "data.partition=4_clients/split_real", $"data.clients=[{Site}]", "data.resize=64",
        "model.size=nano", "finetune.rounds=1", "finetune.warmupRounds=0", "finetune.batchSize=64",
    ];

    private static readonly string[] SmallPretraining = ["pretrain.rounds=1", "pretrain.warmupRounds=0", "pretrain.batchSize=64"];

    /// <summary>DALL-E's weights are for the user to fetch.</summary>
    private static readonly string[] OwnTokens = ["pretrain.tokenizer.kind=random-projection", "pretrain.tokenizer.weights="];

    [Fact]
    public Task Fed_mae_trains_a_round_of_each_stage() =>
        AssertTrainsAsync("covid-fl/fed-mae.yaml", SmallPretraining, Stage.Pretrain, Stage.Finetune);

    [Fact]
    public Task Fed_beit_trains_a_round_of_each_stage() =>
        AssertTrainsAsync("derm/fed-beit.yaml", [.. SmallPretraining, .. OwnTokens], Stage.Pretrain, Stage.Finetune);

    [Fact]
    public Task From_scratch_it_trains_a_round() => AssertTrainsAsync("skin-fl/scratch.yaml", [], Stage.Finetune);

    [Fact]
    public Task With_FedProx_it_trains_a_round() => AssertTrainsAsync("retina/scratch-fedprox.yaml", [], Stage.Finetune);

    private async Task AssertTrainsAsync(string file, string[] sets, params Stage[] stages)
    {
        Assert.SkipUnless(Repository.HasData("Skin"), "The Skin images are in neither ASPIREFED_DATA nor ../shared/data.");
        var cancel = TestContext.Current.CancellationToken;
        var id = await system.CreateAsync(Path.Combine("paper", file), [.. Small, .. sets], cancel);
        var end = await system.EndOfAsync(id, cancel);

        Assert.True(end.Summary.State == ExperimentState.Completed, end.Summary.Reason);
        var trained = end.Rounds.Where(round => round.Commit.Decision.Key.Round == 1).Select(round => round.Commit).ToList();
        Assert.Equal(stages, trained.Select(commit => commit.Decision.Key.Stage));
        Assert.All(trained, commit => Assert.True(double.IsFinite(commit.Loss)));
        Assert.All(trained, commit => Assert.Equal(Site, Assert.Single(commit.Decision.Counted).Client.Name));
        Assert.Equal(690, Assert.Single(end.Evaluations).Overall.Images);
    }
}
