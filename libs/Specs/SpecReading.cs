using AspireFed.Contracts.Specs;

namespace AspireFed.Specs;

/// <summary>What came of reading a spec.</summary>
public sealed class SpecReading
{
    private readonly IReadOnlyDictionary<string, int> _lines;

    internal SpecReading(ExperimentSpec? draft, IReadOnlyList<SpecFault> faults, IReadOnlyDictionary<string, int> lines)
    {
        (Draft, Faults, _lines) = (draft, faults, lines);
    }

    /// <summary>The spec with every default filled in; null where it has faults.</summary>
    public ExperimentSpec? Spec => Faults.Count == 0 ? Draft : null;

    /// <summary>
    /// The same with faulty values left at their defaults, so that further checks can be reported together with <see cref="Faults"/>;
    /// null where the text is not a mapping at all.
    /// </summary>
    public ExperimentSpec? Draft { get; }

    /// <summary>All faults, in the order of the text, those that are not in the text last.</summary>
    public IReadOnlyList<SpecFault> Faults { get; }

    /// <summary>The line of a key such as `data.clients[1]`, from 1; 0 where it is not in the text.</summary>
    public int LineOf(string path) => _lines.GetValueOrDefault(path);
}
