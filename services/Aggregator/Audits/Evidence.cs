using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Audits;

/// <summary>Looks at objects of the ledger as at something that anybody may have altered, and collects what is wrong with them.</summary>
internal sealed class Evidence(ExperimentLedger ledger)
{
    private readonly List<string> _faults = [];

    /// <summary>A sentence for each fault found since the last call, with the name of the object.</summary>
    public IReadOnlyList<string> TakeFaults()
    {
        List<string> taken = [.. _faults];
        _faults.Clear();
        return taken;
    }

    public void Fault(string sentence) => _faults.Add(sentence);

    /// <summary>A fault, unless a condition holds.</summary>
    public void Hold(bool condition, string sentence)
    {
        if (!condition) _faults.Add(sentence);
    }

    /// <summary>A document, or null where it is missing (a fault, if it must be there) or cannot be read (always a fault).</summary>
    /// <returns>The document, and the hash of its bytes where there are any.</returns>
    public async Task<(T? Document, string Sha256)> ReadAsync<T>(string name, bool mustBeThere, CancellationToken cancel)
        where T : class
    {
        if (await ledger.Store.GetAsync(name, cancel) is not { } bytes)
        {
            Hold(!mustBeThere, $"{name} is missing.");
            return (null, "");
        }
        var sha256 = ContentHash.Of(bytes).Sha256;
        try
        {
            if (JsonSerializer.Deserialize<T>(bytes, ContractJson.Options) is { } document) return (document, sha256);
        }
        catch (JsonException)
        {
            // The sentence below says it.
        }
        Fault($"{name} can no longer be read: it was altered.");
        return (null, sha256);
    }

    /// <summary>Whether an object is there; a fault where it is not what a commit says of it.</summary>
    public async Task<bool> HoldsAsync(ObjectRef reference, RoundKey key, CancellationToken cancel)
    {
        if (await ledger.Store.HashAsync(reference.Name, cancel) is not { } found) return false;
        Hold(found.Sha256 == reference.Sha256 && found.Size == reference.Size,
            $"{reference.Name} was altered: it has {found.Size} bytes with SHA-256 {found.Sha256}, and {ObjectNames.Commit(key)} says {reference.Size} with {reference.Sha256}.");
        return true;
    }

    /// <summary>Whether two documents say the same.</summary>
    public static bool Same<T>(T one, T other) =>
        JsonSerializer.SerializeToUtf8Bytes(one, ContractJson.Options).AsSpan().SequenceEqual(JsonSerializer.SerializeToUtf8Bytes(other, ContractJson.Options));
}
