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
    private const int Parallel = 8;

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

    /// <summary>
    /// The commits of a stage, in the order of the rounds, with the hash of each. A stage that has not begun has none. They are read by their
    /// names, since a store may list late, and a commit that was overlooked would be made again.
    /// </summary>
    /// <exception cref="ObjectStoreException">A commit is missing though a later one is there, or is none.</exception>
    public async Task<IReadOnlyList<(RoundCommit Commit, string Sha256)>> CommitsAsync(string experiment, Stage stage, CancellationToken cancel)
    {
        List<(RoundCommit, string)> commits = [];
        while (true)
        {
            var names = Enumerable.Range(commits.Count, Parallel).Select(round => ObjectNames.Commit(new RoundKey(experiment, stage, round))).ToList();
            var found = await Task.WhenAll(names.Select(name => Store.GetAsync(name, cancel)));
            foreach (var (name, bytes) in names.Zip(found).TakeWhile(pair => pair.Second is not null))
                commits.Add((Parse<RoundCommit>(name, bytes!), ContentHash.Of(bytes).Sha256));
            var gap = Array.IndexOf(found, null);
            if (gap >= 0 && found.Skip(gap).Any(later => later is not null)) throw Missing(names[gap]);
            if (gap >= 0) return commits;
        }
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
