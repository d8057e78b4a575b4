namespace AspireFed.ClientTrainer;

/// <summary>A trainer's settings: the section `Trainer` of the configuration.</summary>
public sealed record TrainerOptions
{
    public const string Section = "Trainer";

    /// <summary>Unique in the federation; also names the queue.</summary>
    public string Name { get; init; } = "";

    /// <summary>Folders that hold data sets, separated as in PATH. A folder that is not there yet is looked for again.</summary>
    public string DataRoots { get; init; } = "";

    /// <summary>Folder of the journal, the optimiser states and the cached weights; it belongs to this trainer alone.</summary>
    public string State { get; init; } = "";

    /// <summary>Which share of every partition's clients this process hosts, from 0.</summary>
    public int Shard { get; init; }

    /// <summary>How many processes share the clients of every partition.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>
    /// Clients to host, by name or as `set/partition/name`, separated by commas, with `*` for anything; empty hosts all. The processes of
    /// one simulation must agree on it.
    /// </summary>
    public string Clients { get; init; } = "";

    public double AnnounceSeconds { get; init; } = 10;

    /// <summary>Longest silence about a client that has work, so that its lease does not run out.</summary>
    public double HeartbeatSeconds { get; init; } = 20;

    /// <summary>How long a training goes on between two saves, from the last of which it is resumed; 0 saves after every step.</summary>
    public double SaveMinutes { get; init; } = 5;

    /// <summary>Address of the tokenizer on this side of the site's border.</summary>
    public string Tokenizer { get; init; } = "http://tokenizer";

    /// <summary>`cpu`, `cuda` or `cuda:1`; empty takes the first GPU that can be used, or else the processor.</summary>
    public string Device { get; init; } = "";
}
