using System.Security.Cryptography;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Training;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Training;

public sealed class LocalTrainerTests : IDisposable
{
    private readonly TinySet _set = new();
    private readonly string _work = Directory.CreateTempSubdirectory().FullName;

    public static TheoryData<ModelFamily, Stage> Tasks => new()
    {
        { ModelFamily.Mae, Stage.Pretrain }, { ModelFamily.Mae, Stage.Finetune },
        { ModelFamily.Beit, Stage.Pretrain }, { ModelFamily.Beit, Stage.Finetune },
    };

    [Theory]
    [MemberData(nameof(Tasks))]
    public async Task Equal_inputs_give_equal_bytes(ModelFamily family, Stage stage)
    {
        var experiment = TinySet.Experiment(family);
        var start = InitialOf(experiment, stage);
        var first = await RunTwoRounds(experiment, stage, start, new StubTokens(), "first");
        // Another trainer, another read-ahead of the tokenizer: timing must not matter.
        var second = await RunTwoRounds(experiment, stage, start, new StubTokens(readAhead: 2), "second");

        Assert.Equal(first.Hashes, second.Hashes);
        Assert.Equal(first.Results, second.Results);
        Assert.NotEqual(Hash(start), first.Hashes[0]);
        Assert.All(first.Results, result => Assert.True(double.IsFinite(result.Loss) && result.Loss > 0));
        Assert.All(first.Results, result => Assert.Equal((14, 12), (result.Samples, result.Images)));
    }

    [Fact]
    public async Task A_trainer_that_did_other_work_before_gives_the_same_bytes()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae);
        var start = InitialOf(experiment, Stage.Finetune);
        using var fresh = new LocalTrainer(_set.Catalog, new StubTokens());
        var expected = await Train(fresh, Round(experiment, Stage.Finetune, 1, start, null, "fresh"));

        using var used = new LocalTrainer(_set.Catalog, new StubTokens());
        await Train(used, Round(experiment, Stage.Finetune, 3, start, null, "other"));
        await Train(used, Round(experiment, Stage.Pretrain, 1, InitialOf(experiment, Stage.Pretrain), null, "pretraining"));
        var actual = await Train(used, Round(experiment, Stage.Finetune, 1, start, null, "again"));

        Assert.Equal(expected, actual);
        Assert.Equal(Hash(Work("fresh.weights")), Hash(Work("again.weights")));
        Assert.Equal(Hash(Work("fresh.state")), Hash(Work("again.state")));
    }

    [Fact]
    public async Task An_optimiser_state_is_kept_or_reset_as_the_spec_says()
    {
        var kept = TinySet.Experiment(ModelFamily.Mae);
        var reset = TinySet.Experiment(
            ModelFamily.Mae, spec => spec with { Federation = spec.Federation with { Optimizer = OptimizerState.Reset } });
        var start = InitialOf(kept, Stage.Finetune);
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());
        await Train(trainer, Round(kept, Stage.Finetune, 1, start, null, "first"));
        await Train(trainer, Round(kept, Stage.Finetune, 2, start, Work("first.state"), "kept"));
        await Train(trainer, Round(kept, Stage.Finetune, 2, start, null, "afresh"));
        await Train(trainer, Round(reset, Stage.Finetune, 2, start, Work("first.state"), "reset"));

        Assert.Equal((3, 6, 3), (StepsIn("first"), StepsIn("kept"), StepsIn("afresh")));
        Assert.NotEqual(Hash(Work("kept.weights")), Hash(Work("afresh.weights")));
        Assert.Equal(Hash(Work("afresh.weights")), Hash(Work("reset.weights")));
    }

    [Fact]
    public async Task The_update_says_its_stage_and_round_and_nothing_that_differs_between_runs()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae);
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());
        await Train(trainer, Round(experiment, Stage.Finetune, 2, InitialOf(experiment, Stage.Finetune), null, "update"));

        using var file = SafetensorsFile.Open(Work("update.weights"));
        Assert.Equal(
            new Dictionary<string, string> { ["format"] = "pt", ["stage"] = "finetune", ["round"] = "2" },
            file.Header.Metadata.ToDictionary());
    }

    [Fact]
    public async Task A_client_with_fewer_images_than_a_batch_is_told_so_with_numbers()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae, spec => spec with { Finetune = spec.Finetune! with { LabelFraction = 0.3 } });
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());
        var two = TinySet.One with { Name = "two" };
        var round = Round(experiment, Stage.Finetune, 1, InitialOf(experiment, Stage.Finetune), null, "few") with { Client = two };

        var fault = await Assert.ThrowsAsync<InputException>(() => Train(trainer, round));

        Assert.Contains("two has 2 training images of 6 (labelFraction 0.3), fewer than one batch of 4", fault.Message);
        Assert.Contains("finetune.batchSize to 2", fault.Message);
        Assert.False(File.Exists(Work("few.weights")));
    }

    [Fact]
    public async Task A_damaged_image_is_named()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae);
        var start = InitialOf(experiment, Stage.Pretrain);
        for (var i = 0; i < 14; i++)
        {
            var path = _set.PathTo($"train/train{i:D2}.npy");
            File.WriteAllBytes(path, File.ReadAllBytes(path)[..300]);
        }
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());

        var fault = await Assert.ThrowsAsync<InputException>(
            () => Train(trainer, Round(experiment, Stage.Pretrain, 1, start, null, "damaged")));

        Assert.Matches(@"train\d\d\.npy", fault.Message);
        Assert.False(File.Exists(Work("damaged.weights")));
    }

    [Fact]
    public async Task A_loss_that_is_no_number_ends_the_round_with_client_round_and_step()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae);
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());
        var start = InitialOf(experiment, Stage.Finetune);
        Spoil(start);

        var fault = await Assert.ThrowsAsync<InputException>(
            () => Train(trainer, Round(experiment, Stage.Finetune, 3, start, null, "diverged")));

        Assert.Contains("client Tiny/2_clients/split_1/one", fault.Message);
        Assert.Contains("round 3 of finetune, step 1 of 3", fault.Message);
        Assert.False(File.Exists(Work("diverged.weights")));
    }

    [Fact]
    public async Task A_cancelled_round_stops_between_two_steps_and_writes_nothing()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae, spec => spec with { Pretrain = spec.Pretrain! with { LocalEpochs = 500 } });
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens(), new EveryLookIsASecond());
        var round = Round(experiment, Stage.Pretrain, 1, InitialOf(experiment, Stage.Pretrain), null, "cancelled");

        var progress = new Reports(report => { if (report.Step == 2) cancel.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => trainer.TrainAsync(round, progress, cancel.Token));

        Assert.Equal(2, progress.All[^1].Step);
        Assert.False(File.Exists(Work("cancelled.weights")));
        Assert.False(File.Exists(Work("cancelled.state")));
    }

    [Fact]
    public async Task Progress_begins_with_the_number_of_steps_and_ends_with_the_last()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae);
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens(), new EveryLookIsASecond());
        var progress = new Reports();
        var round = Round(experiment, Stage.Finetune, 1, InitialOf(experiment, Stage.Finetune), null, "progress");
        var result = await trainer.TrainAsync(round, progress, TestContext.Current.CancellationToken);

        Assert.Equal([0, 1, 2, 3], progress.All.Select(report => report.Step));
        Assert.All(progress.All, report => Assert.Equal(3, report.Steps));
        Assert.Null(progress.All[0].Loss);
        Assert.Equal(result.Loss, progress.All.Skip(1).Average(report => report.Loss!.Value), 1e-9);
        Assert.All(progress.All.Skip(1), report => Assert.True(report.ImagesPerSecond > 0));
    }

    [Fact]
    public async Task Pretraining_then_fine_tuning_learns_to_tell_dark_from_bright()
    {
        var experiment = TinySet.Experiment(ModelFamily.Mae, spec => spec with
        {
            Finetune = spec.Finetune! with { LearningRate = 0.03, LocalEpochs = 8, Mixup = 0, Cutmix = 0, LayerDecay = 0.9 },
        });
        var pretrained = InitialOf(experiment, Stage.Pretrain);
        var start = Work("transferred");
        InitialWeights.Write(experiment, Stage.Finetune, 2, pretrained, start);
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());
        using var evaluator = new ModelEvaluator(_set.Catalog);
        await Train(trainer, Round(experiment, Stage.Finetune, 1, start, null, "tuned1"));
        await Train(trainer, Round(experiment, Stage.Finetune, 2, Work("tuned1.weights"), Work("tuned1.state"), "tuned2"));
        var key = new RoundKey(experiment.Id, Stage.Finetune, 2);
        var metrics = await evaluator.EvaluateAsync(experiment, key, Work("tuned2.weights"), TestContext.Current.CancellationToken);

        Assert.Equal(1, metrics.Overall.Top1);
        Assert.Equal(1, metrics.Overall.BalancedAccuracy);
        Assert.Equal(TinySet.TestImages, metrics.Overall.Images);
        Assert.Equal(["dark", "bright"], metrics.Classes);
        Assert.Equal(["north", "south"], metrics.Sites.Keys.Order(StringComparer.Ordinal));
        Assert.Equal(TinySet.TestImages, metrics.Sites.Values.Sum(site => site.Images));
    }

    [Theory]
    [MemberData(nameof(Tasks))]
    public void Initial_weights_follow_from_the_seed_alone(ModelFamily family, Stage stage)
    {
        var experiment = TinySet.Experiment(family);
        var other = TinySet.Experiment(family, spec => spec with { Seed = 8 });
        var (first, again, another) = (Work("first"), Work("again"), Work("another"));
        InitialWeights.Write(experiment, stage, 2, null, first);
        InitialWeights.Write(experiment with { Id = "tiny-2", CreatedUtc = DateTimeOffset.UnixEpoch.AddDays(1) }, stage, 2, null, again);
        InitialWeights.Write(other, stage, 2, null, another);

        Assert.Equal(Hash(first), Hash(again));
        Assert.NotEqual(Hash(first), Hash(another));
    }

    public void Dispose()
    {
        _set.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    private async Task<(List<string> Hashes, List<LocalResult> Results)> RunTwoRounds(
        ExperimentRecord experiment, Stage stage, string start, IVisualTokens tokens, string name)
    {
        using var trainer = new LocalTrainer(_set.Catalog, tokens);
        var one = await Train(trainer, Round(experiment, stage, 1, start, null, $"{name}1"));
        var two = await Train(trainer, Round(experiment, stage, 2, Work($"{name}1.weights"), Work($"{name}1.state"), $"{name}2"));
        string[] files = [$"{name}1.weights", $"{name}1.state", $"{name}2.weights", $"{name}2.state"];
        return ([.. files.Select(file => Hash(Work(file)))], [one, two]);
    }

    private static Task<LocalResult> Train(LocalTrainer trainer, LocalRound round) =>
        trainer.TrainAsync(round, new Reports(), TestContext.Current.CancellationToken);

    private LocalRound Round(ExperimentRecord experiment, Stage stage, int round, string start, string? state, string name) => new(
        experiment, new RoundKey(experiment.Id, stage, round), TinySet.One, start, state, Work($"{name}.weights"), Work($"{name}.state"));

    private string InitialOf(ExperimentRecord experiment, Stage stage)
    {
        var path = Work($"initial-{experiment.Spec.Model.Family}-{stage}");
        InitialWeights.Write(experiment, stage, 2, null, path);
        return path;
    }

    private long StepsIn(string name)
    {
        using var file = SafetensorsFile.Open(Work($"{name}.state"));
        return file.Read<long>("step")[0];
    }

    /// <summary>Makes the last value of the file infinite.</summary>
    private static void Spoil(string path)
    {
        using var file = File.OpenWrite(path);
        file.Seek(-sizeof(float), SeekOrigin.End);
        file.Write(BitConverter.GetBytes(float.PositiveInfinity));
    }

    private string Work(string file) => Path.Combine(_work, file);

    private static string Hash(string path) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(path)));

    private sealed class Reports(Action<LocalProgress>? also = null) : IProgress<LocalProgress>
    {
        public List<LocalProgress> All { get; } = [];

        public void Report(LocalProgress value)
        {
            All.Add(value);
            also?.Invoke(value);
        }
    }

    /// <summary>A clock that moves a second whenever it is looked at.</summary>
    private sealed class EveryLookIsASecond : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
