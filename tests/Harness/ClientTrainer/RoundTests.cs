using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Tests.Harness.Doubles;
using MassTransit;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.ClientTrainer;

public sealed class RoundTests
{
    [Fact]
    public async Task Round_0_gives_initial_weights_and_round_1_trains_them()
    {
        await using var world = new TrainerWorld(("a", 5));
        await world.StartTrainerAsync();

        var initial = await world.TrainAsync(Pretraining(0), "a", start: null);
        var trained = await world.TrainAsync(Pretraining(1), "a", initial.Weights);

        Assert.Equal((5, 0, 0.0), (initial.Samples, initial.Images, initial.Loss));
        Assert.Equal((5, 4), (trained.Samples, trained.Images)); // two whole batches of two
        Assert.True(trained.Loss > 0);
        Assert.NotEqual(initial.Weights.Sha256, trained.Weights.Sha256);
        Assert.Equal(ObjectNames.UpdateWeights(Pretraining(1), "a", trained.Weights.Sha256), trained.Weights.Name);
        Assert.Contains(world.Progress.All, p => p is { Phase: TrainingPhase.Training, Step: 2, Steps: 2 });
    }

    [Fact]
    public async Task Round_0_says_what_it_has_taken_over_from_the_weights_it_was_given()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var pretrained = await world.TrainAsync(Pretraining(0), "a", start: null);

        var tuned = await world.TrainAsync(Finetuning(0), "a", pretrained.Weights);

        Assert.Null(pretrained.Transfer);
        Assert.Contains("blocks.0.attn.qkv.weight", tuned.Transfer!.Taken);
        Assert.Contains("decoder_embed.weight", tuned.Transfer.Left);
        Assert.Contains("head.weight", tuned.Transfer.New);
    }

    [Fact]
    public async Task A_command_delivered_twice_gives_one_update_and_two_announcements()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();

        var first = await world.TrainAsync(Pretraining(0), "a", start: null);
        var again = await world.TrainAsync(Pretraining(0), "a", start: null);

        Assert.Equal(first, again);
        Assert.Equal(2, world.Updates.All.Count);
        Assert.Single(world.Store.Calls, call => call == ("put", first.Weights.Name));
    }

    [Fact]
    public async Task An_announcement_that_the_broker_does_not_take_is_made_again_until_it_is_out()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var refusals = 1;
        using var broker = world.Bus.ConnectPublishObserver(new BrokerFault<UpdateReady>(() =>
        {
            if (Interlocked.Decrement(ref refusals) >= 0) throw new MassTransitException("The broker has gone.");
        }));
        await world.TrainAsync(Pretraining(0), "a", start: null);
        Assert.True(refusals < 0);
    }

    [Fact]
    public async Task Clients_are_trained_in_the_order_of_their_commands_and_share_the_weights()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 4));
        await world.StartTrainerAsync();
        var initial = await world.TrainAsync(Pretraining(0), "a", start: null);

        await world.SendAsync(Pretraining(1), "b", initial.Weights);
        await world.SendAsync(Pretraining(1), "a", initial.Weights);
        var first = await world.Updates.NextAsync();
        var second = await world.Updates.NextAsync();

        Assert.Equal(["b", "a"], [first.Client.Name, second.Client.Name]);
        Assert.Single(world.Store.Calls, call => call == ("get", initial.Weights.Name));
    }

    [Fact]
    public async Task A_round_that_is_trained_again_starts_from_the_same_optimizer_state_and_gives_the_same_bytes()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var initial = await world.TrainAsync(Pretraining(0), "a", start: null);
        var first = await world.TrainAsync(Pretraining(1), "a", initial.Weights);
        var second = await world.TrainAsync(Pretraining(2), "a", first.Weights);
        await world.StopTrainerAsync();
        foreach (var entry in world.StateFiles("00002.json"))
            File.Delete(entry);

        await world.StartTrainerAsync();
        var again = await world.TrainAsync(Pretraining(2), "a", first.Weights);

        Assert.Equal(second.Weights, again.Weights);
        Assert.Equal(2, world.StateFiles(".optimizer").Length);
    }

    [Fact]
    public async Task A_command_after_its_deadline_is_left_out()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 4));
        await world.StartTrainerAsync();

        await world.SendAsync(Pretraining(0), "a", start: null, left: TimeSpan.Zero);
        await world.TrainAsync(Pretraining(0), "b", start: null); // in the order of the commands

        Assert.Equal("b", Assert.Single(world.Updates.All).Client.Name);
        Assert.DoesNotContain(world.Store.Calls, call => call.Name.Contains("/updates/a/", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Work_for_an_experiment_that_has_ended_is_dropped_with_all_that_was_kept_for_it()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        await world.TrainAsync(Pretraining(0), "a", start: null);
        await world.Ledger.WriteAsync(
            ObjectNames.Outcome(Id), new ExperimentOutcome(ExperimentEnd.Completed, "", DateTimeOffset.UnixEpoch), TrainerWorld.Cancel);

        world.Experiment = world.Experiment with { Id = "tiny-0002" };
        await world.TrainAsync(new RoundKey("tiny-0002", Stage.Pretrain, 0), "a", start: null);

        Assert.DoesNotContain(world.StateFiles(".json"), path => path.Contains(Id, StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_cancelled_experiment_stops_the_client_that_trains_and_those_that_wait()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 4));
        var held = new TaskCompletionSource();
        world.Store.Fault = (call, name) =>
        {
            if (call == "get" && name == ObjectNames.Outcome(Id)) held.TrySetResult();
            return call == "get" && name == ObjectNames.Outcome(Id) ? new Ledger.ObjectStoreException("The store is away.") : null;
        };
        await world.StartTrainerAsync();
        await world.SendAsync(Pretraining(0), "a", start: null);
        await world.SendAsync(Pretraining(0), "b", start: null);
        await held.Task.WaitAsync(TrainerWorld.Cancel);

        await world.PublishAsync(new CancelTraining(Id, "The user wants it."));
        await world.SendAsync(Pretraining(0), "a", start: null);
        world.Experiment = world.Experiment with { Id = "tiny-0002" };
        await world.TrainAsync(new RoundKey("tiny-0002", Stage.Pretrain, 0), "b", start: null);

        Assert.Single(world.Updates.All);
        Assert.DoesNotContain(world.StateFiles(".json"), path => path.Contains(Id, StringComparison.Ordinal));
    }
}
