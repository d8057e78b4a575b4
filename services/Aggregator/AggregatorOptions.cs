namespace AspireFed.Aggregator;

/// <summary>The Aggregator's settings: the section `Aggregator` of the configuration.</summary>
public sealed record AggregatorOptions
{
    public const string Section = "Aggregator";

    /// <summary>Folder for weights that a round needs; empty takes a new one under the system's folder of temporary files.</summary>
    public string Scratch { get; init; } = "";

    /// <summary>
    /// After so long without a word about it a client is asked again: its command or its answer may have been lost. Longer than the trainers'
    /// `Trainer:HeartbeatSeconds`.
    /// </summary>
    public double SilenceSeconds { get; init; } = 60;
}
