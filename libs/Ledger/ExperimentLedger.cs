using System.Text.Json;
using System.Text.Json.Nodes;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;

namespace AspireFed.Ledger;

/// <summary>
/// Experiments, rounds, updates and metrics as documents in the object store. The ledger is the only truth: what is not in it did not
/// happen.
/// </summary>
public sealed class ExperimentLedger(IObjectStore store)
{
    public IObjectStore Store { get; } = store;

    /// <summary>Writes a document under its computed name (<see cref="ObjectNames"/>).</summary>
    public Task<ObjectRef> WriteAsync<T>(string name, T document, CancellationToken cancel) =>
        Store.PutAsync(name, JsonSerializer.SerializeToUtf8Bytes(document, ContractJson.Options), cancel);

    /// <summary>Reads a document, or null where there is none.</summary>
    /// <exception cref="ObjectStoreException">The object is no such document.</exception>
    public async Task<T?> ReadAsync<T>(string name, CancellationToken cancel)
        where T : class =>
        await Store.GetAsync(name, cancel) is { } bytes ? Parse<T>(name, bytes) : null;

    /// <summary>Reads a document that must be there.</summary>
    public async Task<T> GetAsync<T>(string name, CancellationToken cancel)
        where T : class =>
        await ReadAsync<T>(name, cancel) ?? throw Missing(name);

    /// <summary>An experiment's record, and the object that it is.</summary>
    /// <exception cref="ObjectStoreException">There is no such experiment.</exception>
    public async Task<(ExperimentRecord Record, ObjectRef Reference)> ExperimentAsync(string id, CancellationToken cancel)
    {
        var name = ObjectNames.Experiment(id);
        var bytes = await Store.GetAsync(name, cancel) ?? throw Missing(name);
        var record = Parse<ExperimentRecord>(name, bytes);
        // Accepted before a spec could say what is kept: nobody has agreed that anything goes.
        if (JsonNode.Parse(bytes)?["spec"]?["keep"] is null) record = record with { Spec = record.Spec with { Keep = KeepSpec.All } };
        var hash = ContentHash.Of(bytes);
        return (record, new ObjectRef(name, hash.Sha256, hash.Size));
    }

    /// <summary>Ids of all experiments, in ordinal order; their record is the first of their objects.</summary>
    public async Task<IReadOnlyList<string>> ExperimentsAsync(CancellationToken cancel) =>
        [.. (await Store.ListFoldersAsync(ObjectNames.Experiments, cancel))
            .Select(folder => folder[ObjectNames.Experiments.Length..^1])
            .Order(StringComparer.Ordinal)];

    /// <summary>The commits of a stage, by round. A stage that has not begun has none.</summary>
    public async Task<IReadOnlyList<RoundCommit>> CommitsAsync(string experiment, Stage stage, CancellationToken cancel)
    {
        List<RoundCommit> commits = [];
        foreach (var name in await Store.ListAsync(ObjectNames.RoundsPrefix(experiment, stage), cancel))
        {
            if (name.EndsWith("/commit.json", StringComparison.Ordinal))
                commits.Add(await GetAsync<RoundCommit>(name, cancel));
        }
        return commits;
    }

    /// <summary>All update manifests of a round, in ordinal order of their names.</summary>
    public async Task<IReadOnlyList<UpdateManifest>> UpdatesAsync(RoundKey key, CancellationToken cancel)
    {
        List<UpdateManifest> updates = [];
        foreach (var name in await Store.ListAsync(ObjectNames.UpdatesPrefix(key), cancel))
        {
            if (name.EndsWith(".json", StringComparison.Ordinal) && !name.EndsWith("/failure.json", StringComparison.Ordinal))
                updates.Add(await GetAsync<UpdateManifest>(name, cancel));
        }
        return updates;
    }

    private static ObjectStoreException Missing(string name) => new($"The object {name} is missing from the ledger.");

    private static T Parse<T>(string name, byte[] bytes)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(bytes, ContractJson.Options) ?? throw new JsonException("It says null.");
        }
        catch (JsonException e)
        {
            throw new ObjectStoreException($"The object {name} is not a valid {typeof(T).Name}: {e.Message}", e);
        }
    }
}
