using System.Text.Json;
using System.Text.Json.Nodes;
using AspireFed.Contracts;
using AspireFed.Ledger;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.ClientTrainer;

public sealed class RestartTests
{
    [Fact]
    public async Task A_trainer_that_ended_before_training_trains_after_its_restart()
    {
        await using var world = new TrainerWorld(("a", 4));
        var asked = FailOn(world, "get", ObjectNames.Outcome(Id));
        await world.StartTrainerAsync();
        await world.SendAsync(Pretraining(0), "a", start: null);
        await asked.WaitAsync(TrainerWorld.Cancel);
        await world.StopTrainerAsync();
        world.Store.Fault = (_, _) => null;

        await world.StartTrainerAsync();

        Assert.Equal(Pretraining(0), (await world.Updates.NextAsync()).Key);
    }

    [Fact]
    public async Task A_trainer_that_ended_before_its_upload_sends_what_it_had_trained()
    {
        await using var world = new TrainerWorld(("a", 4));
        var asked = FailOn(world, "put", ObjectNames.UpdatesPrefix(Pretraining(0)));
        await world.StartTrainerAsync();
        await world.SendAsync(Pretraining(0), "a", start: null);
        await asked.WaitAsync(TrainerWorld.Cancel);
        await world.StopTrainerAsync();
        world.Store.Fault = (_, _) => null;
        Directory.Delete(world.Data.Folder, recursive: true); // it could not train again

        await world.StartTrainerAsync();

        var manifest = await world.ReadAsync(await world.Updates.NextAsync());
        Assert.Equal(4, manifest.Samples);
        Assert.Empty(world.StateFiles(".safetensors"));
    }

    [Fact]
    public async Task An_update_that_has_vanished_from_the_state_folder_is_trained_again()
    {
        await using var world = new TrainerWorld(("a", 4));
        var asked = FailOn(world, "put", ObjectNames.UpdatesPrefix(Pretraining(0)));
        await world.StartTrainerAsync();
        await world.SendAsync(Pretraining(0), "a", start: null);
        await asked.WaitAsync(TrainerWorld.Cancel);
        await world.StopTrainerAsync();
        world.Store.Fault = (_, _) => null;
        File.Delete(Assert.Single(world.StateFiles(".safetensors")));

        await world.StartTrainerAsync();

        Assert.Equal(4, (await world.ReadAsync(await world.Updates.NextAsync())).Samples);
    }

    [Fact]
    public async Task A_trainer_that_ended_before_its_announcement_announces_after_its_restart()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var manifest = await world.TrainAsync(Pretraining(0), "a", start: null);
        await world.StopTrainerAsync();
        var entry = Assert.Single(world.StateFiles("00000.json"));
        var journal = JsonNode.Parse(await File.ReadAllTextAsync(entry, TrainerWorld.Cancel))!;
        journal["state"] = "uploaded";
        await File.WriteAllTextAsync(entry, journal.ToJsonString(new JsonSerializerOptions()), TrainerWorld.Cancel);

        await world.StartTrainerAsync();

        Assert.Equal(manifest, await world.ReadAsync(await world.Updates.NextAsync()));
    }

    [Fact]
    public async Task An_upload_that_the_store_refuses_for_a_while_is_repeated_while_the_next_client_trains()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 4));
        var trainingOfB = new TaskCompletionSource();
        world.Store.Fault = (call, name) =>
            call == "put" && name.Contains("/updates/", StringComparison.Ordinal) && !trainingOfB.Task.IsCompleted
                ? new ObjectStoreException("The store is away.", new IOException())
                : null;
        await world.StartTrainerAsync();
        await world.SendAsync(Pretraining(0), "a", start: null);
        await world.SendAsync(Pretraining(0), "b", start: null);

        await world.Progress.NextAsync(p => p.Client.Name == "b" && p.Phase == Contracts.Messages.TrainingPhase.Training);
        trainingOfB.SetResult();

        Assert.Equal(["a", "b"], [(await world.Updates.NextAsync()).Client.Name, (await world.Updates.NextAsync()).Client.Name]);
    }

    [Fact]
    public async Task Two_trainers_cannot_share_a_state_folder()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var settings = AspireFed.ClientTrainer.TrainerSettings.Of(world.Options);

        var refusal = Assert.Throws<InputException>(() => new AspireFed.ClientTrainer.State.StateFolder(settings));

        Assert.Contains(settings.State, refusal.Message, StringComparison.Ordinal);
        Assert.Contains("Trainer:State", refusal.Message, StringComparison.Ordinal);
    }

    private static Task FailOn(TrainerWorld world, string call, string prefix)
    {
        var asked = new TaskCompletionSource();
        world.Store.Fault = (c, name) =>
        {
            if (c != call || !name.StartsWith(prefix, StringComparison.Ordinal)) return null;
            asked.TrySetResult();
            return new ObjectStoreException("The store is away.", new IOException());
        };
        return asked.Task;
    }
}
