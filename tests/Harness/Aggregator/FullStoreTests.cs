using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class FullStoreTests
{
    private static readonly ObjectStoreException FullStore = new("The object store is full.", new HttpRequestException("507"));
    private static readonly IOException FullDisk = new("No space left on device : '/scratch'", 28);

    public static TheoryData<string, bool> Faults => new()
    {
        { "00001/opening.json", false },
        { "00001/decision-0000000001.json", false },
        { "00001/global.safetensors", false },
        { "00001/global.safetensors", true },
        { "00001/commit.json", false },
        { "outcome.json", false },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task A_full_store_or_disk_holds_an_experiment_up_until_there_is_room_and_is_told_once(string file, bool disk)
    {
        using var store = new FolderObjectStore();
        var attempts = 0;
        var again = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        store.Fault = (call, name) =>
        {
            if (call != "put" || !name.EndsWith(file, StringComparison.Ordinal)) return null;
            if (Interlocked.Increment(ref attempts) == 2) again.SetResult();
            return disk ? FullDisk : FullStore;
        };
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        await again.Task.WaitAsync(TestContext.Current.CancellationToken);

        var summary = (await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Summary;
        Assert.Equal(ExperimentState.Running, summary.State);
        Assert.Equal(disk ? "The Aggregator's disk is full: No space left on device : '/scratch'" : "The object store is full.", summary.HeldUp);

        store.Fault = (_, _) => null;
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.Empty((await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Summary.HeldUp);
        var story = host.View.Story(id);
        var held = Assert.Single(story, e => e.Kind == ExperimentEventKind.HeldUp);
        Assert.Contains(summary.HeldUp, held.Text, StringComparison.Ordinal);
        // At the very end that it ended says that it went on.
        Assert.Equal(file == "outcome.json" ? 0 : 1, story.Count(e => e.Kind == ExperimentEventKind.WentOn));
        Assert.Equal("", story[^1].Summary.HeldUp);
    }

    [Fact]
    public async Task A_store_that_is_away_while_clients_train_holds_up_only_until_it_is_back()
    {
        using var store = new FolderObjectStore();
        var trainers = RoundTests.Trainers(store);
        var away = false;
        // The first client's update comes while the store is away; the third's is still awaited when it is back.
        store.Fault = (call, name) => away && call == "list" ? FullStore : null;
        trainers[0].Instead = async command =>
        {
            if (command.Key.Round == 1) away = true;
            await trainers[0].AnswerAsync(command);
        };
        var release = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        trainers[2].Instead = async command =>
        {
            if (command.Key.Round == 1) await release.Task;
            await trainers[2].AnswerAsync(command);
        };
        await using var host = await AggregatorHost.StartAsync(store, trainers);
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        try
        {
            await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.HeldUp);
            away = false;
            await host.View.AwaitAsync(id, e => e.Kind == ExperimentEventKind.WentOn);
            Assert.Empty((await host.ShowAsync<ExperimentView>($"/experiments/{id}")).Summary.HeldUp);
        }
        finally
        {
            release.SetResult(); // or the host would wait for it for ever
        }
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
    }
}
