using AspireFed.Contracts;

namespace AspireFed.Aggregator;

/// <summary>What the Aggregator's options mean, once they have been found to make sense.</summary>
public sealed record AggregatorSettings
{
    private AggregatorSettings(string scratch, TimeSpan silence) => (Scratch, Silence) = (scratch, silence);

    /// <summary>Empty for a new folder.</summary>
    public string Scratch { get; }

    public TimeSpan Silence { get; }

    /// <exception cref="InputException">Names what is wrong.</exception>
    public static AggregatorSettings Of(AggregatorOptions options) =>
        options.SilenceSeconds is >= 1 and <= 86_400
            ? new AggregatorSettings(options.Scratch, TimeSpan.FromSeconds(options.SilenceSeconds))
            : throw new InputException($"Aggregator:SilenceSeconds is {options.SilenceSeconds}; give seconds from 1 to 86400.");
}
