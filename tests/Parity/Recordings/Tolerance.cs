using System.Text.Json;

namespace AspireFed.Tests.Parity.Recordings;

/// <summary>How far a value may be from the recorded one.</summary>
internal readonly record struct Tolerance(double Relative, double Absolute)
{
    /// <summary>No difference at all.</summary>
    public static Tolerance Exact => new(0, 0);

    /// <summary>As a case states it: rtol and atol, of which one may be missing, or the word exact.</summary>
    public static Tolerance Of(JsonElement stated)
    {
        if (stated.ValueKind == JsonValueKind.Object) return new(Number("rtol"), Number("atol"));
        return stated.GetString() == "exact" ? Exact : throw new FormatException($"'{stated}' is no tolerance in numbers.");

        double Number(string name) => stated.TryGetProperty(name, out var value) ? value.GetDouble() : 0;
    }

    /// <summary>The difference over the one that is allowed; above 1, or no number, is too far.</summary>
    public double Used(double expected, double actual)
    {
        var difference = Math.Abs(expected - actual);
        return difference == 0 || expected.Equals(actual) ? 0 : difference / (Absolute + (Relative * Math.Abs(expected)));
    }
}
