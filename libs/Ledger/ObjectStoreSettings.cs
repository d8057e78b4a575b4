using System.Data.Common;
using AspireFed.Contracts;

namespace AspireFed.Ledger;

/// <summary>Where the object store is and how to sign in to it.</summary>
/// <param name="Endpoint">`http://host:port` or `https://host`, without a path.</param>
/// <param name="Region">Part of every request's signature; most self-hosted stores call themselves us-east-1.</param>
public sealed record ObjectStoreSettings(Uri Endpoint, string AccessKey, string SecretKey, string Bucket, string Region = "us-east-1")
{
    private const string Shape = "it must read Endpoint=http://host:port;AccessKey=..;SecretKey=..;Bucket=..";
    private static readonly string[] Parts = ["Endpoint", "AccessKey", "SecretKey", "Bucket", "Region"];

    /// <summary>How often a request that failed for a passing reason is tried again; 8 times last about 23 s.</summary>
    public int Retries { get; init; } = 8;

    /// <summary>The store's address as messages name it.</summary>
    public string Address => Endpoint.GetLeftPart(UriPartial.Authority);

    /// <summary>Reads `Endpoint=http://host:port;AccessKey=..;SecretKey=..;Bucket=..`, in any order.</summary>
    /// <exception cref="InputException">A part is missing, unknown or no address.</exception>
    public static ObjectStoreSettings Parse(string? connectionString)
    {
        var parts = new DbConnectionStringBuilder();
        try
        {
            parts.ConnectionString = connectionString;
        }
        catch (ArgumentException e)
        {
            throw new InputException($"The object store's connection string cannot be read; {Shape}.", e);
        }

        foreach (string key in parts.Keys)
        {
            if (!Parts.Contains(key, StringComparer.OrdinalIgnoreCase))
                throw new InputException($"The object store's connection string has an unknown part '{key}'; {Shape}.");
        }

        string Required(string key) =>
            parts.TryGetValue(key, out var value) && value is string { Length: > 0 } text
                ? text
                : throw new InputException($"The object store's connection string lacks {key}; {Shape}.");

        var endpoint = Required("Endpoint");
        if (!Uri.TryCreate(endpoint, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https")
            || address.PathAndQuery != "/" || address.UserInfo.Length > 0)
        {
            throw new InputException($"The object store's Endpoint '{endpoint}' is not an address such as http://127.0.0.1:9000.");
        }
        var settings = new ObjectStoreSettings(address, Required("AccessKey"), Required("SecretKey"), Required("Bucket"));
        return parts.ContainsKey("Region") ? settings with { Region = Required("Region") } : settings;
    }

    /// <summary>Without the secret: records print all their members.</summary>
    public override string ToString() => $"{Address} (bucket {Bucket}, access key {AccessKey})";
}
