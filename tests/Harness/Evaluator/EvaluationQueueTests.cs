using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Evaluator.Evaluations;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.Evaluator;

public sealed class EvaluationQueueTests
{
    private readonly EvaluationQueue _queue = new();

    [Fact]
    public async Task A_model_that_waits_already_is_not_listed_twice()
    {
        var model = Model(Finetuning(1));
        _queue.Add(model);
        _queue.Add(model with { });
        Assert.Equal(model, await TakeAsync());
        Assert.False(TakeAsync().IsCompleted);
    }

    [Fact]
    public async Task The_earliest_round_of_the_experiment_that_came_first_is_next()
    {
        var other = Finetuning(0) with { Experiment = "other" };
        foreach (var key in new[] { Finetuning(2), other, Finetuning(1) }) _queue.Add(Model(key));
        Assert.Equal([Finetuning(1), Finetuning(2), other], [(await TakeAsync()).Key, (await TakeAsync()).Key, (await TakeAsync()).Key]);
    }

    private async Task<GlobalModelPublished> TakeAsync() => (await _queue.TakeAsync(EvaluatorWorld.Cancel)).Model;

    private static GlobalModelPublished Model(RoundKey key) => new(key, new ObjectRef("spec", "", 0), new ObjectRef("weights", "", 0), Last: false);
}
