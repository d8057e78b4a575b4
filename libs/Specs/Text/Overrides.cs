using AspireFed.Contracts.Specs;

namespace AspireFed.Specs.Text;

/// <summary>Lays `key.path=value` over the tree, as if the value stood in the text.</summary>
internal static class Overrides
{
    public static MapNode Apply(MapNode root, IReadOnlyList<string> sets, List<SpecFault> faults)
    {
        foreach (string set in sets)
        {
            int equals = set.IndexOf('=', StringComparison.Ordinal);
            string[] path = set[..Math.Max(equals, 0)].Trim().Split('.');
            if (equals <= 0 || path.Any(string.IsNullOrWhiteSpace))
            {
                faults.Add(new SpecFault(set, 0, $"`{set}` is not of the form key.path=value, such as pretrain.rounds=2."));
                continue;
            }
            List<SpecFault> own = [];
            string text = set[(equals + 1)..];
            SpecNode? value = string.IsNullOrWhiteSpace(text) ? new ScalarNode(0, "", true) : SpecText.Parse(text, own);
            faults.AddRange(own.Select(fault => fault with { Path = string.Join('.', path), Line = 0 }));
            if (value is not null) root = Put(root, path, WithoutLines(value));
        }
        return root;
    }

    private static MapNode Put(MapNode map, ReadOnlySpan<string> path, SpecNode value)
    {
        string key = path[0];
        int index = map.Entries.FindIndex(entry => entry.Key == key);
        // A section that is empty or only a word becomes a section.
        if (path.Length > 1)
            value = Put(index >= 0 && map.Entries[index].Value is MapNode inner ? inner : new MapNode(0, []), path[1..], value);
        List<MapEntry> entries = [.. map.Entries];
        if (index < 0) entries.Add(new MapEntry(key, 0, value));
        else entries[index] = new MapEntry(key, path.Length > 1 ? entries[index].Line : 0, value);
        return map with { Entries = entries };
    }

    private static SpecNode WithoutLines(SpecNode node) => node switch
    {
        ListNode list => new ListNode(0, [.. list.Items.Select(WithoutLines)]),
        MapNode map => new MapNode(0, [.. map.Entries.Select(entry => new MapEntry(entry.Key, 0, WithoutLines(entry.Value)))]),
        _ => node with { Line = 0 },
    };
}
