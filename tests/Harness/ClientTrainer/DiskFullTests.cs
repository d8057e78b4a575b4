using AspireFed.ClientTrainer.State;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using static AspireFed.Tests.Harness.Doubles.TinyExperiment;

namespace AspireFed.Tests.Harness.ClientTrainer;

/// <summary>A state folder without room. A link to /dev/full stands for the file that does not fit: the system's own fault comes of it.</summary>
public sealed class DiskFullTests
{
    private const string Full = "/dev/full";

    [Fact]
    public void The_system_s_own_fault_is_told_from_others_also_when_it_was_passed_on()
    {
        var full = Assert.ThrowsAny<IOException>(() => File.WriteAllText(Full, "too much"));
        var missing = Assert.ThrowsAny<IOException>(() => File.WriteAllText("/dev/none/of/this", "x"));

        Assert.True(FullDisk.IsBehind(full));
        Assert.True(FullDisk.IsBehind(new ObjectStoreException("The store does not give it.", full)));
        Assert.False(FullDisk.IsBehind(missing));
        Assert.False(FullDisk.IsBehind(new ObjectStoreException("The store is away.")));
    }

    [Fact]
    public async Task A_command_that_finds_no_room_is_taken_when_it_comes_again()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var entry = BlockEntry(world);
        await world.SendAsync(Pretraining(0), "a", start: null);
        await world.Log.WaitForAsync(TrainerWorld.Cancel, "A command for", "is full");

        File.Delete(entry);
        await world.TrainAsync(Pretraining(0), "a", start: null);

        Assert.Empty(world.Failures.All);
    }

    [Fact]
    public async Task Work_that_finds_no_room_waits_for_it_and_goes_on()
    {
        await using var world = new TrainerWorld(("a", 4));
        var entry = "";
        world.Store.Fault = (call, name) =>
        {
            if (call == "put" && name.StartsWith(Contracts.ObjectNames.UpdatesPrefix(Pretraining(0)), StringComparison.Ordinal) && entry == "")
                entry = BlockEntry(world);
            return null;
        };
        await world.StartTrainerAsync();
        await world.SendAsync(Pretraining(0), "a", start: null);
        await world.Log.WaitForAsync(TrainerWorld.Cancel, "The disk of the state folder", world.Options.State, "is full");

        File.Delete(entry);

        Assert.Equal(4, (await world.ReadAsync(await world.Updates.NextAsync())).Samples);
        Assert.Empty(world.Failures.All);
    }

    [Fact]
    public async Task Weights_that_find_no_room_are_fetched_when_there_is_some_and_the_disk_is_named_and_not_the_store()
    {
        await using var world = new TrainerWorld(("a", 4));
        await world.StartTrainerAsync();
        var start = (await world.TrainAsync(Pretraining(0), "a", start: null)).Weights;
        var full = new ObjectStoreException("The store does not give it.", Assert.ThrowsAny<IOException>(() => File.WriteAllText(Full, "too much")));
        var isFull = true;
        world.Store.Fault = (call, name) => call == "get" && name == start.Name && isFull ? full : null;

        await world.SendAsync(Pretraining(1), "a", start);
        await world.Log.WaitForAsync(TrainerWorld.Cancel, "The disk of the state folder", world.Options.State, "is full");
        isFull = false;

        Assert.Equal(Pretraining(1), (await world.ReadAsync(await world.Updates.NextAsync())).Key);
        Assert.Empty(world.Failures.All);
    }

    private static string BlockEntry(TrainerWorld world)
    {
        var folder = world.StatePath("experiments", Id, "pretrain", "a");
        Directory.CreateDirectory(folder);
        return File.CreateSymbolicLink(Path.Combine(folder, "00000.json.part"), Full).FullName;
    }
}
