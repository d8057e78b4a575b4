using AspireFed.Contracts.Specs;
using AspireFed.Specs.Binding;
using AspireFed.Specs.Rules;
using AspireFed.Specs.Text;

namespace AspireFed.Specs;

/// <summary>Reads an experiment's YAML (or JSON) and finds everything that is wrong with it in one go.</summary>
public static class SpecReader
{
    /// <param name="sets">Overrides of the form `key.path=value`, later ones over earlier ones.</param>
    public static SpecReading Read(string yaml, IReadOnlyList<string> sets)
    {
        List<SpecFault> faults = [];
        SpecNode? root = SpecText.Parse(yaml, faults);
        if (root is not (null or MapNode))
            faults.Add(new SpecFault("", root.Line, "A spec is made of keys and values, such as `name: demo`; this text is not."));
        if (root is not MapNode map) return new SpecReading(null, faults, new Dictionary<string, int>());

        map = Overrides.Apply(map, sets, faults);
        Dictionary<string, int> lines = [];
        Index(map, "", lines);
        ExperimentSpec spec = new SpecBinder(faults).Bind(map);
        SpecReading reading = new(spec, faults, lines);
        new SpecRules(spec, reading.LineOf, faults).Check();
        return new SpecReading(spec, Ordered(faults), lines);
    }

    private static void Index(SpecNode node, string path, Dictionary<string, int> lines)
    {
        if (node is MapNode map)
        {
            foreach (MapEntry entry in map.Entries)
            {
                string at = path.Length == 0 ? entry.Key : $"{path}.{entry.Key}";
                lines.TryAdd(at, entry.Line);
                Index(entry.Value, at, lines);
            }
        }
        else if (node is ListNode list)
        {
            foreach (var (item, index) in list.Items.Select((item, index) => (item, index)))
                lines.TryAdd($"{path}[{index}]", item.Line);
        }
    }

    private static List<SpecFault> Ordered(List<SpecFault> faults) =>
        [.. faults.OrderBy(fault => fault.Line == 0).ThenBy(fault => fault.Line)];
}
