using System.Text.Json.Nodes;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class ChainTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Each_commit_names_the_one_before_it_and_the_first_of_a_stage_the_last_of_the_stage_before()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        var id = await host.CreateAsync(TestSpecs.TwoStages);
        await host.EndOfAsync(id);
        await HoldChainAsync(store, id);
    }

    [Theory]
    [InlineData("pretrain/rounds/00001/commit.json")]
    [InlineData("pretrain/rounds/00001/timing.json")]
    [InlineData("finetune/rounds/00000/commit.json")]
    [InlineData("finetune/rounds/00000/opening.json")]
    public async Task A_restart_does_not_break_it(string before)
    {
        using var store = new FolderObjectStore();
        var died = new TaskCompletionSource();
        store.Fault = (call, name) =>
        {
            if (call != "put" || !name.EndsWith(before, StringComparison.Ordinal)) return null;
            died.TrySetResult();
            return new ObjectStoreException("The store is gone.", new IOException());
        };
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            id = await first.CreateAsync(TestSpecs.TwoStages);
            await died.Task.WaitAsync(Cancel);
        }
        store.Fault = (_, _) => null;
        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        await second.EndOfAsync(id);
        await HoldChainAsync(store, id);
    }

    [Fact]
    public async Task A_commit_from_before_there_was_a_chain_is_gone_on_from()
    {
        using var store = new FolderObjectStore();
        var died = new TaskCompletionSource();
        store.Fault = (call, name) =>
        {
            if (call != "put" || !name.EndsWith("00002/opening.json", StringComparison.Ordinal)) return null;
            died.TrySetResult();
            return new ObjectStoreException("The store is gone.", new IOException());
        };
        string id;
        await using (var first = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store)))
        {
            id = await first.CreateAsync(TestSpecs.TwoRounds);
            await died.Task.WaitAsync(Cancel);
        }
        store.Fault = (_, _) => null;
        var name = ObjectNames.Commit(new RoundKey(id, Stage.Pretrain, 1));
        var old = JsonNode.Parse((await store.GetAsync(name, Cancel))!)!;
        old.AsObject().Remove("previous");
        var bytes = System.Text.Encoding.UTF8.GetBytes(old.ToJsonString());
        await store.PutAsync(name, bytes, Cancel);

        await using var second = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        Assert.Equal(ExperimentEnd.Completed, (await second.EndOfAsync(id)).End);
        Assert.Null((await second.CommitOfAsync(id, Stage.Pretrain, 1)).Previous);
        Assert.Equal(ContentHash.Of(bytes).Sha256, (await second.CommitOfAsync(id, Stage.Pretrain, 2)).Previous);
    }

    private static async Task HoldChainAsync(FolderObjectStore store, string id)
    {
        string? previous = null;
        foreach (var stage in new[] { Stage.Pretrain, Stage.Finetune })
        {
            for (var round = 0; round <= 2; round++)
            {
                var bytes = await store.GetAsync(ObjectNames.Commit(new RoundKey(id, stage, round)), Cancel);
                Assert.Equal(previous, JsonNode.Parse(bytes!)!["previous"]?.GetValue<string>());
                previous = ContentHash.Of(bytes!).Sha256;
            }
        }
    }
}
