using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.ClientTrainer;

public sealed class FailureTests
{
    [Fact]
    public async Task A_truncated_image_is_named_in_the_ledger_and_in_the_message_and_the_other_client_goes_on()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 4));
        await world.StartTrainerAsync();
        var initial = await world.TrainAsync(Pretraining(0), "a", start: null);
        var image = world.Data.TrainImage("a", 1);
        await File.WriteAllBytesAsync(image, (await File.ReadAllBytesAsync(image, TrainerWorld.Cancel))[..100], TrainerWorld.Cancel);

        await world.SendAsync(Pretraining(1), "a", initial.Weights);
        await world.SendAsync(Pretraining(1), "b", initial.Weights);

        var failed = await world.Failures.NextAsync();
        Assert.Equal((Pretraining(1), MiniDataSet.Client("a")), (failed.Key, failed.Client));
        Assert.Contains("a-1.png", failed.Reason, StringComparison.Ordinal);
        var inLedger = await world.Ledger.GetAsync<ClientFailure>(ObjectNames.Failure(Pretraining(1), "a"), TrainerWorld.Cancel);
        Assert.Equal(new ClientFailure(failed.Key, failed.Client, "one", failed.Reason), inLedger);
        Assert.Equal("b", (await world.Updates.NextAsync(update => update.Key.Round == 1)).Client.Name);
    }

    [Fact]
    public async Task A_missing_image_is_named()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var initial = await world.TrainAsync(Pretraining(0), "a", start: null);
        File.Delete(world.Data.TrainImage("a", 2));

        await world.SendAsync(Pretraining(1), "a", initial.Weights);

        Assert.Contains("a-2.png", (await world.Failures.NextAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_client_smaller_than_a_batch_says_so()
    {
        await using var world = new TrainerWorld(("a", 3));
        world.Experiment = world.Experiment with
        {
            Spec = world.Experiment.Spec with { Pretrain = world.Experiment.Spec.Pretrain! with { BatchSize = 64 } },
        };
        await world.StartTrainerAsync();
        var initial = await world.TrainAsync(Pretraining(0), "a", start: null);

        await world.SendAsync(Pretraining(1), "a", initial.Weights);

        var reason = (await world.Failures.NextAsync()).Reason;
        Assert.Contains("mini/2_clients/split/a", reason, StringComparison.Ordinal);
        Assert.Contains("64", reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Start_weights_that_the_store_does_not_have_are_reported_and_not_waited_for()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();

        await world.SendAsync(Pretraining(1), "a", new ObjectRef("experiments/none.safetensors", new string('0', 64), 10));

        Assert.Contains("experiments/none.safetensors", (await world.Failures.NextAsync()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_store_says_it_does_not_have_and_then_gives_is_taken()
    {
        await using var world = new TrainerWorld(("a", 4));
        var refusals = 2;
        world.Store.Fault = (call, name) => call == "get" && name == ObjectNames.Outcome(Id) && Interlocked.Decrement(ref refusals) >= 0
            ? new ObjectStoreException("There is no such object.")
            : null;
        await world.StartTrainerAsync();

        await world.SendAsync(Pretraining(0), "a", start: null);

        Assert.Equal(Pretraining(0), (await world.Updates.NextAsync()).Key);
        Assert.Empty(world.Failures.All);
    }

    [Fact]
    public async Task A_store_that_lists_and_gives_nothing_is_waited_for()
    {
        await using var world = new TrainerWorld(("a", 4));
        var refusals = 3;
        world.Store.Fault = (call, _) => call == "get" && Interlocked.Decrement(ref refusals) >= 0
            ? new ObjectStoreException("The part of the store that has the objects is away.", new IOException())
            : null;
        await world.StartTrainerAsync();

        await world.SendAsync(Pretraining(0), "a", start: null);

        Assert.Equal(Pretraining(0), (await world.Updates.NextAsync()).Key);
        Assert.Empty(world.Failures.All);
    }

    [Fact]
    public async Task A_failure_is_reported_again_when_the_command_comes_again()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        await world.SendAsync(Pretraining(1), "a", start: null);
        var first = await world.Failures.NextAsync();

        await world.SendAsync(Pretraining(1), "a", start: null);

        Assert.Equal(first, await world.Failures.NextAsync());
    }
}
