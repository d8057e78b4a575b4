using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Recordings;

/// <summary>How the numbers of a case compare with ours.</summary>
internal sealed class Verdict(JsonElement description)
{
    private const int DifferencesShown = 20;

    private readonly List<string> _differences = [];
    private readonly Dictionary<string, List<string>> _leftOut = [];
    private (double Used, string What) _nearest = (0, "nothing");
    private int _held;

    public Tolerance Stated(string name) =>
        description.GetProperty("tolerances").TryGetProperty(name, out var stated) ? Tolerance.Of(stated)
        : throw new InvalidDataException($"The case states no tolerance '{name}'.");

    /// <summary>The tolerance under a tensor's own name, or that of gradients, or the default.</summary>
    public Tolerance ToleranceOf(string name)
    {
        var stated = description.GetProperty("tolerances");
        if (stated.TryGetProperty(name, out var own)) return Tolerance.Of(own);
        var isGradient = name.StartsWith("grad.", StringComparison.Ordinal) || name.Contains(".grad.", StringComparison.Ordinal);
        return Stated(isGradient && stated.TryGetProperty("grad", out _) ? "grad" : "default");
    }

    public void Hold(string what, Tensor expected, Tensor actual, Tolerance tolerance)
    {
        if (!expected.shape.SequenceEqual(actual.shape))
        {
            Differ($"{what} is [{string.Join(", ", actual.shape)}] and not [{string.Join(", ", expected.shape)}]");
            return;
        }
        Hold(what, Doubles(expected), Doubles(actual), tolerance);
    }

    public void Hold(string what, double expected, double actual, Tolerance tolerance) => Hold(what, [expected], [actual], tolerance);

    public void Hold(string what, ReadOnlySpan<double> expected, ReadOnlySpan<double> actual, Tolerance tolerance)
    {
        if (expected.Length != actual.Length)
        {
            Differ($"{what} has {actual.Length} values and not {expected.Length}");
            return;
        }
        _held++;
        var (worst, at) = (0.0, 0);
        for (var i = 0; i < expected.Length; i++)
        {
            var used = tolerance.Used(expected[i], actual[i]);
            if (!(used <= worst)) (worst, at) = (used, i);
            if (double.IsNaN(used)) break;
        }
        if (!(worst <= 1)) Differ($"{what}[{at}] is {actual[at]:g9} and not {expected[at]:g9}: {worst:g3} times what is allowed");
        else if (worst > _nearest.Used) _nearest = (worst, what);
    }

    public void Same<T>(string what, T expected, T actual)
    {
        _held++;
        if (!EqualityComparer<T>.Default.Equals(expected, actual)) Differ($"{what} is {actual} and not {expected}");
    }

    public void SameAll<T>(string what, IEnumerable<T> expected, IEnumerable<T> actual)
    {
        _held++;
        var (wanted, got) = (expected.ToList(), actual.ToList());
        if (wanted.SequenceEqual(got)) return;
        var (missing, extra) = (string.Join(", ", wanted.Except(got).Take(3)), string.Join(", ", got.Except(wanted).Take(3)));
        Differ($"{what} differs: {got.Count} and not {wanted.Count} entries; it lacks ({missing}) and has ({extra}) beyond");
    }

    public void Differ(string difference) => _differences.Add(difference);

    public void LeaveOut(string name, string reason)
    {
        if (!_leftOut.TryGetValue(reason, out var names)) _leftOut.Add(reason, names = []);
        names.Add(name);
    }

    /// <summary>What was held, how near the nearest came to its limit, and what was left out.</summary>
    public string Summary()
    {
        var share = (100 * _nearest.Used).ToString("f1", CultureInfo.InvariantCulture);
        var summary = $"{_held} values held; the nearest to its limit is {_nearest.What} at {share} %.";
        foreach (var (reason, names) in _leftOut)
            summary += $"{Environment.NewLine}{names.Count} left out ({names[0]}{(names.Count > 1 ? ", ..." : "")}): {reason}";
        return summary;
    }

    /// <summary>Fails with all differences.</summary>
    public void AssertNone() =>
        Assert.True(_differences.Count == 0,
            $"{_differences.Count} differences from the recording:{Environment.NewLine}"
            + string.Join(Environment.NewLine, _differences.Take(DifferencesShown)));

    private static double[] Doubles(Tensor tensor)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Cast<byte, double>(tensor.detach().to(ScalarType.Float64).contiguous().bytes).ToArray();
    }
}
