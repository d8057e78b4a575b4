using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;

namespace AspireFed.Tests.Harness.Aggregator;

public sealed class EndedHistoriesTests
{
    [Fact]
    public void Those_of_use_last_stay_in_memory_as_many_as_have_room_and_the_very_last_whatever_its_size()
    {
        using var store = new FolderObjectStore();
        var ended = new EndedHistories(new HistoryReader(new ExperimentLedger(store)));
        foreach (var (id, updates) in new[] { ("a", 60_000), ("b", 30_000), ("a", 60_000), ("c", 30_000) }) ended.Keep(History(id, updates));
        Assert.Equal(["a", "c"], AtHand());
        ended.Keep(History("d", 200_000));
        Assert.Equal(["d"], AtHand());

        string[] AtHand() => [.. "abcd".Select(letter => $"{letter}").Where(id => ended.Find(id) is not null)];
    }

    private static ExperimentHistory History(string id, int updates)
    {
        var history = new ExperimentHistory(new ExperimentRecord(id, default, new ExperimentSpec(), []), new ObjectRef("", "", 0));
        var counted = new CountedUpdate(new ClientId("set", "partition", "client"), new ObjectRef("", "", 0), Samples: 1, Loss: 1);
        var decision = new RoundDecision(new RoundKey(id, Stage.Finetune, 1), [.. Enumerable.Repeat(counted, updates)], []);
        history.Add(new RoundCommit(decision, new ObjectRef("", "", 0), Loss: 1), null, null);
        return history;
    }
}
