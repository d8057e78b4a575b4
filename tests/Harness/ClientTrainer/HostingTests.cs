using AspireFed.ClientTrainer;
using AspireFed.ClientTrainer.Hosting;
using AspireFed.Contracts;
using AspireFed.Contracts.Messages;
using AspireFed.Imaging.DataSets;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using Microsoft.Extensions.Logging.Abstractions;

namespace AspireFed.Tests.Harness.ClientTrainer;

public sealed class HostingTests
{
    [Fact]
    public async Task A_trainer_announces_its_queue_and_its_clients_with_their_images()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 3));
        await world.StartTrainerAsync();

        var announced = await world.Announcements.NextAsync();

        Assert.Equal(("one", "trainer-one"), (announced.Trainer, announced.Queue));
        Assert.Equal([new(MiniDataSet.Client("a"), 4), new HostedClient(MiniDataSet.Client("b"), 3)], announced.Clients);
    }

    [Fact]
    public async Task A_client_whose_work_is_held_up_gives_signs_of_life_all_the_while()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 3));
        await world.StartTrainerAsync(options => options with { HeartbeatSeconds = 0.1 });
        world.Store.Fault = (call, _) => call == "get" ? new ObjectStoreException("The store is away.", new IOException()) : null;
        await world.SendAsync(TinyExperiment.Pretraining(0), "a", start: null);
        await world.SendAsync(TinyExperiment.Pretraining(0), "b", start: null);
        for (var sign = 0; sign < 3; sign++)
        {
            await world.Progress.NextAsync(progress => progress is { Client.Name: "a", Phase: TrainingPhase.Fetching });
            await world.Progress.NextAsync(progress => progress is { Client.Name: "b", Phase: TrainingPhase.Waiting });
        }
    }

    [Fact]
    public void Shards_share_every_client_once_and_the_largest_go_to_the_least_loaded()
    {
        HostedClient[] clients = [Sized("a", 10), Sized("b", 70), Sized("c", 40), Sized("d", 40), Sized("e", 5)];

        var shards = ShardPlan.Deal(clients, 2);

        Assert.Equal(["b", "a", "e"], shards[0].Select(c => c.Id.Name));
        Assert.Equal(["c", "d"], shards[1].Select(c => c.Id.Name));
    }

    [Fact]
    public void The_processes_of_a_simulation_host_different_clients_and_know_the_others()
    {
        using var data = new MiniDataSet(("a", 4), ("b", 3), ("c", 2));
        var first = Hosted(data, options => options with { Shard = 0, Shards = 2 });
        var second = Hosted(data, options => options with { Shard = 1, Shards = 2 });

        // A command may have waited in the queue, and comes before the folders were first looked at.
        Assert.True(first.IsElsewhere(MiniDataSet.Client("b")));
        Assert.Equal(["a"], first.Scan().Select(c => c.Id.Name));
        Assert.Equal(["b", "c"], second.Scan().Select(c => c.Id.Name));
        Assert.False(first.IsElsewhere(MiniDataSet.Client("a")));
        Assert.False(first.IsElsewhere(MiniDataSet.Client("unheard-of")));
    }

    [Fact]
    public async Task A_command_for_a_client_of_another_process_is_left_to_that_one_which_has_its_optimizer_state()
    {
        await using var world = new TrainerWorld(("a", 4), ("b", 3));
        await world.StartTrainerAsync(options => options with { Shard = 0, Shards = 2 });
        await world.SendAsync(TinyExperiment.Pretraining(0), "b", start: null);
        await world.TrainAsync(TinyExperiment.Pretraining(0), "a", start: null);
        Assert.Equal("a", Assert.Single(world.Updates.All).Client.Name);
    }

    [Theory]
    [InlineData("a,c", "a c")]
    [InlineData("mini/2_clients/split/b", "b")]
    [InlineData("mini/*", "a b c")]
    [InlineData("z", "")]
    public void The_filter_chooses_clients_by_name_or_whole_id(string filter, string hosted)
    {
        using var data = new MiniDataSet(("a", 4), ("b", 3), ("c", 2));

        Assert.Equal(hosted, string.Join(' ', Hosted(data, options => options with { Clients = filter }).Scan().Select(c => c.Id.Name)));
    }

    [Fact]
    public void A_set_that_is_added_later_is_seen()
    {
        using var data = new MiniDataSet(("a", 4));
        var hosted = Hosted(data, options => options);
        Assert.Single(hosted.Scan());
        using var other = new MiniDataSet(("x", 2));

        Directory.Move(other.Folder, Path.Combine(data.Root, "another"));

        Assert.Equal(["another/2_clients/split/x", "mini/2_clients/split/a"], hosted.Scan().Select(c => c.Id.ToString()));
    }

    [Fact]
    public void A_client_whose_list_is_broken_stays_in_the_federation()
    {
        using var data = new MiniDataSet(("a", 4), ("b", 3));
        File.Delete(data.TrainImage("b", 0));

        Assert.Equal([("a", 4), ("b", 3)], Hosted(data, options => options).Scan().Select(c => (c.Id.Name, c.Images)));
    }

    [Fact]
    public void Settings_tell_all_that_is_wrong_at_once()
    {
        var wrong = new TrainerOptions { Name = "a b", Shards = 2, Shard = 2, SaveMinutes = -1, Tokenizer = "here" };

        var refusal = Assert.Throws<InputException>(() => TrainerSettings.Of(wrong));

        Assert.All(
            ["Trainer:Name", "Trainer:DataRoots", "Trainer:State", "Trainer:Shard", "Trainer:SaveMinutes", "Trainer:Tokenizer"],
            key => Assert.Contains(key, refusal.Message, StringComparison.Ordinal));
    }

    private static HostedClient Sized(string name, int images) => new(MiniDataSet.Client(name), images);

    private static HostedClients Hosted(MiniDataSet data, Func<TrainerOptions, TrainerOptions> change) => new(
        new DataSetCatalog([data.Root]),
        TrainerSettings.Of(change(new TrainerOptions { Name = "one", DataRoots = data.Root, State = data.Root })),
        NullLogger<HostedClients>.Instance);
}
