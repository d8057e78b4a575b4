using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Tests.Unit.Ledger;

public sealed class ExperimentLedgerTests
{
    private static readonly RoundKey Key = new("retina-1", Stage.Pretrain, 3);
    private static readonly ClientId Client = new("phantom", "5_clients/split_real", "site-a");

    private readonly ExperimentLedger _ledger = new(new MemoryObjectStore());

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
    public async Task Commits_and_updates_are_found_among_the_other_objects_of_their_rounds()
    {
        for (var round = 11; round >= 0; round--)
        {
            var key = Key with { Round = round };
            await _ledger.WriteAsync(ObjectNames.Commit(key), new RoundCommit(new RoundDecision(key, [], []), Reference("global"), round), Cancel);
            await _ledger.Store.PutAsync(ObjectNames.GlobalWeights(key), new byte[1], Cancel);
        }
        var update = new UpdateManifest(Key, Client, "trainer-1", Reference("weights"), 10, 0.5, 20, 1, 2, 3);
        await _ledger.WriteAsync(ObjectNames.UpdateManifest(Key, Client.Name, "00"), update, Cancel);
        await _ledger.Store.PutAsync(ObjectNames.UpdateWeights(Key, Client.Name, "00"), new byte[1], Cancel);
        await _ledger.WriteAsync(ObjectNames.Failure(Key, "site-b"), new ClientFailure(Key, Client, "trainer-1", "no"), Cancel);

        var commits = await _ledger.CommitsAsync(Key.Experiment, Stage.Pretrain, Cancel);
        Assert.Equal(Enumerable.Range(0, 12), commits.Select(commit => commit.Decision.Key.Round));
        Assert.Empty(await _ledger.CommitsAsync(Key.Experiment, Stage.Finetune, Cancel));
        Assert.Equal([update], await _ledger.UpdatesAsync(Key, Cancel));
        Assert.Empty(await _ledger.UpdatesAsync(Key with { Round = 4 }, Cancel));
    }

    private static ObjectRef Reference(string name) => new(name, "00", 1);
}
