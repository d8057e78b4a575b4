using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace AspireFed.ServiceDefaults;

/// <summary>The one activity source, meter and set of instruments that all services report by.</summary>
public static class Telemetry
{
    /// <summary>Name of the activity source and of the meter.</summary>
    public const string Name = "AspireFed";

    public const string ImagesPerSecondName = "aspirefed.images_per_second";
    public const string RoundDurationName = "aspirefed.round.duration";
    public const string BytesMovedName = "aspirefed.bytes.moved";
    public const string LossName = "aspirefed.loss";

    public static ActivitySource Activities { get; } = new(Name);

    public static Meter Meter { get; } = new(Name);

    /// <summary>Training speed of one client in one round.</summary>
    public static Histogram<double> ImagesPerSecond { get; } =
        Meter.CreateHistogram<double>(ImagesPerSecondName, "{image}/s", "Images trained on in a second");

    /// <summary>From opening a round to its commit, or the share of it that a tag names.</summary>
    public static Histogram<double> RoundDuration { get; } =
        Meter.CreateHistogram<double>(RoundDurationName, "s", "Duration of a round");

    /// <summary>Bytes of weights sent to or fetched from the object store.</summary>
    public static Counter<long> BytesMoved { get; } =
        Meter.CreateCounter<long>(BytesMovedName, "By", "Bytes of weights moved through the object store");

    /// <summary>Mean training loss of one client in one round.</summary>
    public static Histogram<double> Loss { get; } =
        Meter.CreateHistogram<double>(LossName, null, "Mean training loss of a client in a round");
}
