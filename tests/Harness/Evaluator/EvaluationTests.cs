using System.Diagnostics;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Evaluator.Evaluations;
using AspireFed.Imaging.Pixels;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.Time.Testing;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.Evaluator;

public sealed class EvaluationTests
{
    [Fact]
    public async Task A_global_model_gets_metrics_beside_its_round()
    {
        await using var world = new EvaluatorWorld();
        await world.StartAsync();
        await world.PublishAsync(await world.CommitAsync(Finetuning(1)), last: false);

        var evaluated = await world.Evaluated.NextAsync();

        var metrics = await world.Ledger.GetAsync<RoundMetrics>(ObjectNames.Metrics(Finetuning(1)), EvaluatorWorld.Cancel);
        Assert.Equal(6, metrics.Overall.Images);
        Assert.Equal(["dark", "bright"], metrics.Classes);
        Assert.Equal(
            (metrics.Key, metrics.Overall.Top1, metrics.Overall.BalancedAccuracy),
            (evaluated.Key, evaluated.Top1, evaluated.BalancedAccuracy));
        Assert.Equal((false, null), (evaluated.Last, evaluated.Failure));
        Assert.Empty(world.LeftInScratch);
    }

    [Fact]
    public async Task A_model_told_of_twice_is_measured_once_and_answered_twice()
    {
        await using var world = new EvaluatorWorld();
        await world.StartAsync();
        var commit = await world.CommitAsync(Finetuning(1));

        await world.PublishAsync(commit, last: false);
        var first = await world.Evaluated.NextAsync();
        await world.PublishAsync(commit, last: false);
        var second = await world.Evaluated.NextAsync();

        Assert.Equal(first, second);
        Assert.Single(world.Store.Calls, call => call == ("put", ObjectNames.Metrics(Finetuning(1))));
    }

    [Fact]
    public async Task The_last_model_brings_in_the_rounds_whose_messages_were_lost_and_then_the_results()
    {
        await using var world = new EvaluatorWorld();
        await world.StartAsync();
        foreach (var key in new[] { Pretraining(0), Pretraining(1), Pretraining(2), Finetuning(0), Finetuning(1) })
            await world.CommitAsync(key);
        var last = await world.CommitAsync(Finetuning(2));

        await world.PublishAsync(last, last: true);
        var evaluated = new[] { await world.Evaluated.NextAsync(), await world.Evaluated.NextAsync() };

        Assert.Equal([(Finetuning(1), false), (Finetuning(2), true)], evaluated.Select(e => (e.Key, e.Last)));
        var results = await world.Ledger.GetAsync<ExperimentResults>(ObjectNames.Results(Id), EvaluatorWorld.Cancel);
        Assert.Equal([0.1, 0.2], results.PretrainLoss);
        Assert.Equal([0.1, 0.2], results.FinetuneLoss);
        Assert.Equal([1, 2], results.Evaluations.Select(metrics => metrics.Key.Round));
        Assert.Equal(last.Global.Sha256, results.FinalWeightsSha256);
        Assert.Equal((24, 6000, 12.0), (results.TrainedImages, results.BytesMoved, results.WallSeconds));
    }

    [Fact]
    public async Task Only_the_rounds_that_the_spec_asks_for_are_measured_and_the_last()
    {
        await using var world = new EvaluatorWorld();
        world.Experiment = world.Experiment with
        {
            Spec = world.Experiment.Spec with { Evaluate = new EvaluateSpec { Every = 5 } },
        };
        await world.StartAsync();
        foreach (var key in new[] { Pretraining(0), Finetuning(0), Finetuning(1) }) await world.CommitAsync(key);

        await world.PublishAsync(await world.CommitAsync(Finetuning(2)), last: true);

        var evaluated = await world.Evaluated.NextAsync();
        Assert.Equal((true, null), (evaluated.Last, evaluated.Failure));
        Assert.Null(await world.Ledger.ReadAsync<RoundMetrics>(ObjectNames.Metrics(Finetuning(1)), EvaluatorWorld.Cancel));
    }

    [Fact]
    public async Task An_experiment_without_fine_tuning_has_results_of_losses_alone()
    {
        await using var world = new EvaluatorWorld();
        world.Experiment = world.Experiment with { Spec = world.Experiment.Spec with { Finetune = null } };
        await world.StartAsync();
        await world.CommitAsync(Pretraining(0));
        await world.CommitAsync(Pretraining(1));
        var last = await world.CommitAsync(Pretraining(2));

        await world.PublishAsync(last, last: true);

        var evaluated = await world.Evaluated.NextAsync();
        Assert.Equal((Pretraining(2), true, null), (evaluated.Key, evaluated.Last, evaluated.Failure));
        var results = await world.Ledger.GetAsync<ExperimentResults>(ObjectNames.Results(Id), EvaluatorWorld.Cancel);
        Assert.Equal([0.1, 0.2], results.PretrainLoss);
        Assert.Empty(results.FinetuneLoss);
        Assert.Empty(results.Evaluations);
        Assert.Equal(last.Global.Sha256, results.FinalWeightsSha256);
    }

    [Fact]
    public async Task What_a_trained_tokenizer_keeps_of_test_images_is_shown_in_the_report()
    {
        await using var world = new EvaluatorWorld();
        var tokenizer = new TokenizerTrainingSpec { Rounds = 1, BatchSize = 2, Vocabulary = 32, HiddenWidth = 16, CodebookWidth = 16 };
        world.Experiment = world.Experiment with { Spec = world.Experiment.Spec with { Tokenizer = tokenizer, Pretrain = null, Finetune = null, Evaluate = new EvaluateSpec { Pictures = true } } };
        await world.StartAsync();
        await world.CommitAsync(new RoundKey(Id, Stage.Tokenizer, 0));
        var last = await world.CommitAsync(new RoundKey(Id, Stage.Tokenizer, 1));

        await world.PublishAsync(last, last: true);
        Assert.Equal((true, null), (await world.Evaluated.NextAsync()) is var evaluated ? (evaluated.Last, evaluated.Failure) : default);
        await world.PublishAsync(last, last: true);
        await world.Evaluated.NextAsync();

        var results = await world.Ledger.GetAsync<ExperimentResults>(ObjectNames.Results(Id), EvaluatorWorld.Cancel);
        Assert.Equal([0.1], results.TokenizerLoss);
        var picture = ImageDecoder.Decode((await world.Store.GetAsync(ObjectNames.Reconstructions(Id), EvaluatorWorld.Cancel))!, "reconstructions");
        Assert.Equal(((6 * 68) + 4, 140), (picture.Width, picture.Height)); // six test images of 64 pixels over what is made of them
        Assert.Single(world.Store.Calls, call => call == ("put", ObjectNames.Reconstructions(Id)));
        Assert.Single(world.Store.Calls, call => call == ("put", ObjectNames.Results(Id)));
        Assert.Empty(world.LeftInScratch);
    }

    [Fact]
    public async Task A_store_that_stays_away_puts_an_evaluation_off_without_failing_it_and_the_next_model_brings_it_in()
    {
        const int Tries = 9; // the first, and the worker's eight
        await using var world = new EvaluatorWorld();
        var time = new FakeTimeProvider();
        var tries = 0;
        await world.StartAsync(time);
        var (first, second) = (await world.CommitAsync(Finetuning(1)), await world.CommitAsync(Finetuning(2)));
        world.Store.Fault = (call, name) => call != "get" || name != first.Global.Name || Interlocked.Increment(ref tries) > Tries
            ? null
            : new ObjectStoreException("The store is away.", new IOException());
        await world.PublishAsync(first, last: false);
        for (var began = Stopwatch.StartNew(); Volatile.Read(ref tries) < Tries;)
        {
            Assert.True(began.Elapsed < FolderObjectStore.Patience, $"It gave up after {tries} tries.");
            time.Advance(TimeSpan.FromSeconds(1));
            await Task.Yield();
        }

        await world.PublishAsync(second, last: false);

        Assert.Equal([Finetuning(1), Finetuning(2)], [(await world.Evaluated.NextAsync()).Key, (await world.Evaluated.NextAsync()).Key]);
        Assert.All(world.Evaluated.All, evaluated => Assert.Null(evaluated.Failure));
    }

    [Fact]
    public async Task A_model_that_the_spec_has_dropped_is_skipped_with_a_sentence_and_the_next_one_measured()
    {
        await using var world = new EvaluatorWorld();
        await world.StartAsync();
        foreach (var key in new[] { Pretraining(0), Finetuning(0) }) await world.CommitAsync(key);
        var dropped = await world.CommitAsync(Finetuning(1));
        await world.Store.DeleteAsync(dropped.Global.Name, EvaluatorWorld.Cancel);

        await world.PublishAsync(dropped, last: false);
        var skipped = await world.Evaluated.NextAsync();
        Assert.Equal(Finetuning(1), skipped.Key);
        Assert.Contains("`keep` has dropped it", skipped.Failure, StringComparison.Ordinal);

        await world.PublishAsync(await world.CommitAsync(Finetuning(2)), last: true);
        Assert.Equal((Finetuning(2), true, null), await world.Evaluated.NextAsync() is var next ? (next.Key, next.Last, next.Failure) : default);
        Assert.Single(world.Store.Calls, call => call == ("get", dropped.Global.Name)); // looked for when it was told of, and not again
    }

    [Fact]
    public async Task A_model_that_the_store_does_not_list_yet_is_measured()
    {
        await using var world = new EvaluatorWorld();
        await world.StartAsync();
        var commit = await world.CommitAsync(Finetuning(1));
        world.Store.Unlisted = commit.Global.Name;

        await world.PublishAsync(commit, last: false);

        Assert.Equal((Finetuning(1), null), await world.Evaluated.NextAsync() is var evaluated ? (evaluated.Key, evaluated.Failure) : default);
    }

    [Fact]
    public async Task A_test_image_that_is_missing_is_named_and_the_next_model_is_measured()
    {
        await using var world = new EvaluatorWorld();
        await world.StartAsync();
        var image = Path.Combine(world.Data.Folder, "test", "test-3.png");
        var kept = await File.ReadAllBytesAsync(image, EvaluatorWorld.Cancel);
        File.Delete(image);
        await world.PublishAsync(await world.CommitAsync(Finetuning(1)), last: false);

        Assert.Contains("test-3.png", (await world.Evaluated.NextAsync()).Failure, StringComparison.Ordinal);

        await File.WriteAllBytesAsync(image, kept, EvaluatorWorld.Cancel);
        await world.PublishAsync(await world.CommitAsync(Finetuning(2)), last: false);
        Assert.Equal([(Finetuning(1), null), (Finetuning(2), null)],
            [Of(await world.Evaluated.NextAsync()), Of(await world.Evaluated.NextAsync())]);

        static (RoundKey, string?) Of(Contracts.Messages.ModelEvaluated evaluated) => (evaluated.Key, evaluated.Failure);
    }
}
