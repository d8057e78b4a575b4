namespace AspireFed.Benchmarks.Aggregation;

/// <summary>The ways that are compared.</summary>
internal enum Way
{
    /// <summary>Reads every byte of the updates, and nothing else.</summary>
    Read,

    /// <summary>Block by block, as the Aggregator does.</summary>
    Blocks,

    /// <summary>All updates as float arrays in memory, then one loop over them.</summary>
    Plain,
}
