using AspireFed.Contracts;

namespace AspireFed.Evaluator;

/// <summary>What the Evaluator's options mean, once they have been found to make sense.</summary>
public sealed record EvaluatorSettings
{
    private EvaluatorSettings(IReadOnlyList<string> roots, string scratch, string device) =>
        (Roots, Scratch, Device) = (roots, scratch, device);

    public IReadOnlyList<string> Roots { get; }

    public string Scratch { get; }

    public string Device { get; }

    /// <exception cref="InputException">Names what is wrong.</exception>
    public static EvaluatorSettings Of(EvaluatorOptions options)
    {
        var roots = options.DataRoots.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (roots is [])
        {
            throw new InputException(
                $"Evaluator:DataRoots is empty; give the folders that hold data sets, separated by '{Path.PathSeparator}'.");
        }
        var scratch = string.IsNullOrWhiteSpace(options.Scratch)
            ? Path.Combine(Path.GetTempPath(), "aspirefed-evaluator")
            : options.Scratch;
        return new EvaluatorSettings([.. roots.Select(Path.GetFullPath)], Path.GetFullPath(scratch), options.Device);
    }
}
