using System.Collections;
using System.Globalization;
using AspireFed.Contracts.Specs;
using AspireFed.Specs.Schema;
using AspireFed.Specs.Text;

namespace AspireFed.Specs.Binding;

/// <summary>Lays a tree over the defaults of the spec's records and collects every fault on the way.</summary>
internal sealed class SpecBinder(List<SpecFault> faults)
{
    private ModelFamily _family = ModelFamily.Mae;

    /// <summary>The spec with faulty values left at their defaults.</summary>
    public ExperimentSpec Bind(MapNode root)
    {
        ExperimentSpec spec = new();
        Fill(spec, root, "");
        return spec;
    }

    /// <summary>A section as it is where nothing stands below its key.</summary>
    public static object Defaults(Type section, ModelFamily family) =>
        section == typeof(PretrainSpec) ? PretrainSpec.For(family)
        : section == typeof(FinetuneSpec) ? FinetuneSpec.For(family)
        : Activator.CreateInstance(section)!;

    private void Fill(object record, MapNode map, string path)
    {
        SpecSection section = SpecSection.Of(record.GetType());
        ReportUnknownAndDuplicate(section, map, path);
        // The family decides the defaults of the stages, wherever it stands in the text.
        foreach (SpecKey key in section.Keys.OrderBy(key => key.Type != typeof(ModelSpec)))
        {
            string at = Join(path, key.Name);
            if (map.Find(key.Name) is { } entry) Set(record, key, entry, at);
            else if (key.IsSection && key.IsRequired) Fill(key.Property.GetValue(record)!, new MapNode(0, []), at);
            else if (key.IsRequired) faults.Add(new SpecFault(at, 0, $"It is missing; {Meaning(key)}"));
            if (key.Property.GetValue(record) is ModelSpec model) _family = model.Family;
        }
    }

    private void Set(object record, SpecKey key, MapEntry entry, string path)
    {
        if (key.IsSection) SetSection(record, key, entry, path);
        else if (ValueKinds.ElementOf(key.Type) is { } element) SetList(record, key, element, entry, path);
        else if (entry.Value is ScalarNode scalar)
        {
            var (value, fault) = ScalarValues.Read(key.Type, scalar);
            if (fault.Length == 0) fault = Breach(key, value!);
            if (fault.Length == 0) key.Property.SetValue(record, value);
            else faults.Add(new SpecFault(path, entry.Line, fault));
        }
        else faults.Add(new SpecFault(path, entry.Line, $"{Found(entry.Value)} stands here; expected {ScalarValues.Expected(key.Type)}."));
    }

    private void SetSection(object record, SpecKey key, MapEntry entry, string path)
    {
        // A key with nothing below asks for the defaults; a written null for no section at all.
        if (entry.Value is ScalarNode { IsNull: true } && key.IsNullable) return;
        MapNode? map = IsNothing(entry.Value) ? new MapNode(0, []) : entry.Value as MapNode;
        if (map is null)
        {
            string keys = string.Join(", ", SpecSection.Of(key.Type).Keys.Select(k => k.Name));
            faults.Add(new SpecFault(path, entry.Line, $"{Found(entry.Value)} stands here; expected keys below it: {keys}."));
            map = new MapNode(0, []);
            if (key.IsRequired) return;
        }
        object value = key.Property.GetValue(record) ?? Defaults(key.Type, _family);
        Fill(value, map, path);
        key.Property.SetValue(record, value);
    }

    private void SetList(object record, SpecKey key, Type element, MapEntry entry, string path)
    {
        if (IsNothing(entry.Value)) return;
        if (entry.Value is not ListNode list)
        {
            faults.Add(new SpecFault(path, entry.Line, $"{Found(entry.Value)} stands here; expected a list, such as [a, b]."));
            return;
        }
        IList items = (IList)Activator.CreateInstance(typeof(List<>).MakeGenericType(element))!;
        foreach (var (item, index) in list.Items.Select((item, index) => (item, index)))
        {
            var (value, fault) = item is ScalarNode scalar && scalar is { IsEmpty: false, IsNull: false }
                ? ScalarValues.Read(element, scalar) : (null, $"{Found(item)} stands here; expected {ScalarValues.Expected(element)}.");
            if (fault.Length == 0) items.Add(value);
            else faults.Add(new SpecFault($"{path}[{index}]", item.Line, fault));
        }
        key.Property.SetValue(record, items);
    }


    private void ReportUnknownAndDuplicate(SpecSection section, MapNode map, string path)
    {
        Dictionary<string, int> first = [];
        foreach (MapEntry entry in map.Entries)
        {
            string key = entry.Key;
            string? fault = !first.TryAdd(key, entry.Line) ? $"`{key}` stands here a second time; it is already on line {first[key]}."
                : section.Find(key) is null ? $"`{key}` is not a key of {(path.Length == 0 ? "a spec" : path)}{Hint(section, key)}"
                : null;
            if (fault is not null) faults.Add(new SpecFault(Join(path, key), entry.Line, fault));
        }
    }

    private static string Hint(SpecSection section, string name)
    {
        if (NearestName.Find(name, section.Keys.Select(key => key.Name)) is { } near) return $"; did you mean `{near}`?";
        string[] homes = [.. Homes("", typeof(ExperimentSpec), name)];
        return homes.Length > 0 ? $"; it belongs to {string.Join(" or ", homes)}."
            : $"; its keys are {string.Join(", ", section.Keys.Select(key => key.Name))}.";
    }

    /// <summary>The sections that have a key of this name.</summary>
    private static IEnumerable<string> Homes(string path, Type type, string name)
    {
        foreach (SpecKey key in SpecSection.Of(type).Keys)
        {
            if (key.Name == name) yield return path.Length == 0 ? "the top level" : path;
            if (!key.IsSection) continue;
            foreach (string home in Homes(Join(path, key.Name), key.Type, name)) yield return home;
        }
    }

    private static string Breach(SpecKey key, object value)
    {
        if (key.IsRequired && value is "") return $"It is empty; {Meaning(key)}";
        if (key.Pattern is { } pattern && value is string text && !pattern.IsValid(text)) return $"`{text}` is not allowed; {Meaning(key)}";
        if (key.Range is not { } range) return "";
        double number = Convert.ToDouble(value, CultureInfo.InvariantCulture);
        bool inside = number >= Convert.ToDouble(range.Minimum, CultureInfo.InvariantCulture)
            && number <= Convert.ToDouble(range.Maximum, CultureInfo.InvariantCulture);
        return inside ? "" : $"{SpecKey.Number(value)} is out of range; allowed is {key.RangeText}.";
    }

    private static string Meaning(SpecKey key) =>
        key.Description.Length == 0
            ? $"expected {ScalarValues.Expected(key.Type)}."
            : char.ToLowerInvariant(key.Description[0]) + key.Description[1..];

    private static bool IsNothing(SpecNode node) => node is ScalarNode { IsEmpty: true } or ScalarNode { IsNull: true };

    private static string Found(SpecNode node) => node switch
    {
        ListNode => "A list",
        MapNode => "A section with keys",
        _ when IsNothing(node) => "Nothing",
        ScalarNode scalar => $"`{scalar.Text}`",
        _ => "Something else",
    };

    private static string Join(string path, string key) => path.Length == 0 ? key : $"{path}.{key}";
}
