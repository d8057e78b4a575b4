using System.Globalization;
using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>How numbers, times and states look everywhere.</summary>
internal static class Figures
{
    public const string None = "-";

    private const string Bars = "▁▂▃▄▅▆▇█";

    public static string Percent(double? share) => share is { } value ? Invariant($"{100 * value:0.0}") : None;

    public static string Loss(double? loss) => loss is { } value ? Invariant($"{value:0.0000}") : None;

    /// <summary>`1.3494 → 0.1573`, or a dash.</summary>
    public static string FirstToLast(IReadOnlyList<double> losses) => losses.Count switch
    {
        0 => None,
        1 => Loss(losses[0]),
        _ => $"{Loss(losses[0])} → {Loss(losses[^1])}",
    };

    public static string Rate(double perSecond) => perSecond > 0 ? Invariant($"{perSecond:0}") : None;

    /// <summary>`42 s`, `3 min 20 s`, `2 h 05 min`.</summary>
    public static string Duration(TimeSpan span) =>
        span.TotalSeconds < 100 ? Invariant($"{span.TotalSeconds:0} s")
        : span.TotalHours < 1 ? Invariant($"{(int)span.TotalMinutes} min {span.Seconds:00} s")
        : Invariant($"{(int)span.TotalHours} h {span.Minutes:00} min");

    public static string Duration(double seconds) => Duration(TimeSpan.FromSeconds(seconds));

    public static string Bytes(long bytes) => bytes switch
    {
        < 1_000_000 => Invariant($"{bytes / 1e3:0.#} kB"),
        < 1_000_000_000 => Invariant($"{bytes / 1e6:0.#} MB"),
        _ => Invariant($"{bytes / 1e9:0.##} GB"),
    };

    public static string Moment(DateTimeOffset utc, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(utc, time.LocalTimeZone).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Clock(DateTimeOffset utc, TimeProvider time) =>
        TimeZoneInfo.ConvertTime(utc, time.LocalTimeZone).ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    public static string State(ExperimentSummary summary)
    {
        if (summary.HeldUp.Length > 0) return "[yellow]held up[/]";
        string color = summary.State switch
        {
            ExperimentState.Completed => "green",
            ExperimentState.Running => "blue",
            ExperimentState.Failed => "red",
            ExperimentState.Cancelled => "yellow",
            _ => "grey",
        };
        return $"[{color}]{summary.State.ToString().ToLowerInvariant()}[/]";
    }

    public static string Stage(Stage? stage) => stage?.ToName() ?? None;

    /// <summary>A curve of at most <paramref name="width"/> blocks, the lowest value the lowest block.</summary>
    public static string Curve(IReadOnlyList<double> values, int width)
    {
        if (values.Count < 2) return "";
        int points = Math.Min(width, values.Count);
        double[] picked = [.. Enumerable.Range(0, points).Select(i => values[(int)((long)i * (values.Count - 1) / (points - 1))])];
        double low = picked.Min(), span = Math.Max(picked.Max() - low, 1e-12);
        return string.Concat(picked.Select(value => Bars[(int)Math.Round((value - low) / span * (Bars.Length - 1))]));
    }

    public static string Invariant(FormattableString text) => FormattableString.Invariant(text);

    public static Markup Plain(string text) => new(Markup.Escape(text));
}
