using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class ConclusionTests
{
    [Fact]
    public async Task An_evaluator_that_has_lost_the_word_is_asked_again_for_the_last_model_and_for_all_that_are_missing()
    {
        using var store = new FolderObjectStore();
        var time = new FakeTimeProvider(new DateTimeOffset(2026, 11, 24, 8, 0, 0, TimeSpan.Zero));
        var lost = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var evaluator = new FakeEvaluator(store);
        evaluator.Hears = message =>
        {
            if (message.Last) lost.TrySetResult();
            return false;
        };
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), time, evaluator);
        var id = await host.CreateAsync(TestSpecs.TwoStages);
        await lost.Task.WaitAsync(TestContext.Current.CancellationToken);
        evaluator.Hears = _ => true;
        host.Advance(time, Conclusion.Silence);

        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal([1, 2], (await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Evaluations.Select(metrics => metrics.Key.Round));
    }

    [Fact]
    public async Task Metrics_of_which_nobody_has_told_are_read_from_the_ledger_before_the_end()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), evaluator: new FakeEvaluator(store) { Speaks = false });
        var id = await host.CreateAsync(TestSpecs.TwoStages);
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Equal([1, 2], (await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Evaluations.Select(metrics => metrics.Key.Round));
        Assert.Equal(2, host.View.Story(id).Count(e => e.Kind == ExperimentEventKind.ModelEvaluated));
    }
}
