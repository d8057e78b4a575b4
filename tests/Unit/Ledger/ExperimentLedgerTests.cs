using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Tests.Unit.Ledger;

public sealed class ExperimentLedgerTests
{
    private static readonly RoundKey Key = new("retina-1", Stage.Pretrain, 3);
    private static readonly ClientId Client = new("phantom", "5_clients/split_real", "site-a");

    private readonly MemoryObjectStore _store = new();
    private readonly ExperimentLedger _ledger;
    private readonly Dictionary<int, string> _commits = [];

    public ExperimentLedgerTests() => _ledger = new(_store);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_document_comes_back_as_it_was_written()
    {
        var failure = new ClientFailure(Key, Client, "trainer-1", "The image a.png is truncated.");
        var name = ObjectNames.Failure(Key, Client.Name);
        var reference = await _ledger.WriteAsync(name, failure, Cancel);
        Assert.Equal(name, reference.Name);
        Assert.Equal(failure, await _ledger.ReadAsync<ClientFailure>(name, Cancel));
        Assert.Equal(failure, await _ledger.GetAsync<ClientFailure>(name, Cancel));
    }

    [Fact]
    public async Task A_missing_document_is_null_or_a_fault_that_names_it()
    {
        Assert.Null(await _ledger.ReadAsync<ClientFailure>("nothing", Cancel));
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(() => _ledger.GetAsync<ClientFailure>("nothing", Cancel));
        Assert.Contains("nothing", fault.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("not json")]
    [InlineData("{\"unknown\": 1}")]
    public async Task A_document_of_another_kind_is_refused(string text)
    {
        await _ledger.Store.PutAsync("document", System.Text.Encoding.UTF8.GetBytes(text), Cancel);
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(() => _ledger.ReadAsync<ClientFailure>("document", Cancel));
        Assert.Contains("document is not a valid ClientFailure", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Experiments_are_listed_once_each_in_ordinal_order()
    {
        foreach (var id in new[] { "demo", "demo-2", "a" })
        {
            await _ledger.Store.PutAsync(ObjectNames.Experiment(id), "{}"u8.ToArray(), Cancel);
            await _ledger.Store.PutAsync(ObjectNames.Commit(new RoundKey(id, Stage.Pretrain, 0)), "{}"u8.ToArray(), Cancel);
        }
        Assert.Equal(["a", "demo", "demo-2"], await _ledger.ExperimentsAsync(Cancel));
    }

    [Fact]
    public async Task Commits_are_read_in_the_order_of_their_rounds_with_their_hashes()
    {
        for (var round = 11; round >= 0; round--) await WriteCommitAsync(round);

        var commits = await _ledger.CommitsAsync(Key.Experiment, Stage.Pretrain, Cancel);

        Assert.Equal(Enumerable.Range(0, 12), commits.Select(found => found.Commit.Decision.Key.Round));
        Assert.All(commits, found => Assert.Equal(_commits[found.Commit.Decision.Key.Round], found.Sha256));
        Assert.Empty(await _ledger.CommitsAsync(Key.Experiment, Stage.Finetune, Cancel));
    }

    [Theory]
    [InlineData(9, 11)] // 8 are read at once
    [InlineData(3, 4)]
    public async Task A_commit_that_is_missing_among_others_is_named_and_not_taken_for_the_end(int missing, int last)
    {
        for (var round = 0; round <= last; round++)
        {
            if (round != missing) await WriteCommitAsync(round);
        }
        var fault = await Assert.ThrowsAsync<ObjectStoreException>(() => _ledger.CommitsAsync(Key.Experiment, Stage.Pretrain, Cancel));
        Assert.Contains(ObjectNames.Commit(Key with { Round = missing }), fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_commit_that_the_store_does_not_list_is_read_all_the_same()
    {
        for (var round = 0; round < 3; round++) await WriteCommitAsync(round);
        _store.Unlisted = ObjectNames.Commit(Key with { Round = 2 });

        Assert.Equal(3, (await _ledger.CommitsAsync(Key.Experiment, Stage.Pretrain, Cancel)).Count);
    }

    private async Task WriteCommitAsync(int round)
    {
        var key = Key with { Round = round };
        _commits[round] = (await _ledger.WriteAsync(
            ObjectNames.Commit(key), new RoundCommit(new RoundDecision(key, [], []), Reference("global"), round), Cancel)).Sha256;
    }

    private static ObjectRef Reference(string name) => new(name, "00", 1);
}
