using System.Security.Cryptography;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Training;
using AspireFed.Training.Batches;

namespace AspireFed.Tests.Unit.Training;

/// <summary>Rounds that end in the midst and go on from their last save: six steps in two epochs, with all that draws random numbers.</summary>
public sealed class ResumingTests : IDisposable
{
    private const int Steps = 6;

    private readonly TinySet _set = new();
    private readonly string _work = Directory.CreateTempSubdirectory("resuming-").FullName;

    public static TheoryData<ModelFamily, Stage, int> Ends
    {
        get
        {
            var ends = new TheoryData<ModelFamily, Stage, int>();
            foreach (var family in new[] { ModelFamily.Mae, ModelFamily.Beit })
            {
                foreach (var stage in new[] { Stage.Pretrain, Stage.Finetune })
                {
                    foreach (var saved in new[] { 1, 3, 5 }) ends.Add(family, stage, saved);
                }
            }
            return ends;
        }
    }

    [Theory]
    [MemberData(nameof(Ends))]
    public async Task A_round_that_goes_on_from_a_save_ends_with_the_same_bytes(ModelFamily family, Stage stage, int saved)
    {
        var round = await RoundAsync(family, stage);
        var expected = await TrainAsync(round, "whole");
        await EndAfterAsync(round, saved);

        var resumed = new KeptSteps(At("steps"));
        var progress = new Steady();
        var actual = await TrainAsync(round with { Saves = resumed }, "resumed", progress);

        Assert.Equal((saved, Steps), resumed.ResumedAt);
        Assert.Equal(saved, progress.First!.Step);
        Assert.Equal(expected, actual);
        Assert.Equal(Hash("whole.weights"), Hash("resumed.weights"));
        Assert.Equal(Hash("whole.state"), Hash("resumed.state"));
    }

    [Fact]
    public async Task A_save_of_another_command_is_not_used()
    {
        var round = await RoundAsync(ModelFamily.Mae, Stage.Finetune);
        await EndAfterAsync(round, 2);

        await ShouldStartAfreshAsync(round, new KeptSteps(At("steps"), "round 1 from other weights"), "another command");
    }

    [Fact]
    public async Task A_save_that_was_cut_short_is_not_used()
    {
        var round = await RoundAsync(ModelFamily.Mae, Stage.Finetune);
        await EndAfterAsync(round, 2);
        using (var file = File.OpenWrite(At("steps"))) file.SetLength(file.Length - 1);

        await ShouldStartAfreshAsync(round, new KeptSteps(At("steps")), "damaged");
    }

    [Fact]
    public async Task A_save_of_another_model_is_not_used()
    {
        await EndAfterAsync(await RoundAsync(ModelFamily.Mae, Stage.Pretrain), 2);

        await ShouldStartAfreshAsync(await RoundAsync(ModelFamily.Mae, Stage.Finetune), new KeptSteps(At("steps")), "has no model.");
    }

    [Theory]
    [InlineData(0), InlineData(1), InlineData(3), InlineData(4)]
    public async Task The_batches_that_are_still_to_come_are_those_of_the_whole_round(int done)
    {
        var round = await RoundAsync(ModelFamily.Mae, Stage.Pretrain);
        var plan = new RoundPlan(round.Experiment.Spec, round.Key, round.Client, _set.Catalog.Open("Tiny"));

        var rest = plan.After(done).Batches().Select(Describe);

        Assert.Equal(plan.Batches().Skip(done).Select(Describe), rest);

        static string Describe(PlannedBatch batch) => $"{batch.Epoch} {batch.Step} {string.Join(' ', batch.Images.Select(image => image.File))}";
    }

    public void Dispose()
    {
        _set.Dispose();
        Directory.Delete(_work, recursive: true);
    }

    private async Task ShouldStartAfreshAsync(LocalRound round, KeptSteps saves, string reason)
    {
        var expected = await TrainAsync(round, "whole");

        var actual = await TrainAsync(round with { Saves = saves }, "afresh");

        Assert.Null(saves.ResumedAt);
        Assert.Contains(reason, saves.Reason, StringComparison.Ordinal);
        Assert.Equal(expected, actual);
        Assert.Equal(Hash("whole.weights"), Hash("afresh.weights"));
        Assert.Equal(Hash("whole.state"), Hash("afresh.state"));
    }

    /// <summary>Trains one step more than is saved, as a trainer that is killed some time after its last save.</summary>
    private async Task EndAfterAsync(LocalRound round, int saved)
    {
        using var cancel = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens(), new LongSteps());
        var progress = new Steady(report => { if (report.Step == Math.Min(saved + 1, Steps - 1)) cancel.Cancel(); });
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => trainer.TrainAsync(Named(round, "ended") with { Saves = new KeptSteps(At("steps"), saves: saved) }, progress, cancel.Token));
        Assert.False(File.Exists(At("ended.weights")));
    }

    private async Task<LocalResult> TrainAsync(LocalRound round, string name, Steady? progress = null)
    {
        using var trainer = new LocalTrainer(_set.Catalog, new StubTokens());
        return await trainer.TrainAsync(Named(round, name), progress ?? new Steady(), TestContext.Current.CancellationToken);
    }

    /// <summary>The second round of a client, so that its optimiser comes with a state.</summary>
    private async Task<LocalRound> RoundAsync(ModelFamily family, Stage stage)
    {
        var experiment = TinySet.Experiment(family, spec => spec with
        {
            Federation = spec.Federation with { Proximal = 0.1 },
            Pretrain = spec.Pretrain! with { LocalEpochs = 2, DropPath = family == ModelFamily.Beit ? 0.3 : 0 },
            Finetune = spec.Finetune! with { LocalEpochs = 2, DropPath = 0.3, Mixup = 0.8, Cutmix = 1 },
        });
        var start = At($"start-{stage}");
        InitialWeights.Write(experiment, stage, 2, null, start);
        var round = new LocalRound(experiment, new RoundKey(experiment.Id, stage, 1), TinySet.One, start, null, "", "");
        await TrainAsync(round, "first");
        return round with { Key = round.Key with { Round = 2 }, GlobalWeights = At("first.weights"), OptimizerStateIn = At("first.state") };
    }

    private LocalRound Named(LocalRound round, string name) =>
        round with { UpdatedWeights = At($"{name}.weights"), OptimizerStateOut = At($"{name}.state") };

    private string At(string name) => Path.Combine(_work, name);

    private string Hash(string name) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(At(name))));

    private sealed class Steady(Action<LocalProgress>? also = null) : IProgress<LocalProgress>
    {
        public LocalProgress? First { get; private set; }

        public void Report(LocalProgress value)
        {
            First ??= value;
            also?.Invoke(value);
        }
    }

    /// <summary>A clock by which every step takes long enough to be reported.</summary>
    private sealed class LongSteps : TimeProvider
    {
        private long _seconds;

        public override long TimestampFrequency => 1;

        public override long GetTimestamp() => _seconds++;
    }
}
