namespace AspireFed.Weights.Torch.Pickles;

// What a pickle builds, as far as it matters here. Beside these: null, bool, long, BigInteger, double, string, and object?[] for a tuple.

/// <summary>A class or function by name; it is never looked for.</summary>
internal sealed record PickleGlobal(string Module, string Name)
{
    public string FullName => $"{Module}.{Name}";
}

internal sealed class PickleList(List<object?> items)
{
    public List<object?> Items { get; } = items;
}

internal sealed class PickleSet(List<object?> items)
{
    public List<object?> Items { get; } = items;
}

/// <summary>A dictionary in the order in which it was filled. A key may come twice; the last one counts, as in Python.</summary>
internal sealed class PickleDict
{
    public List<KeyValuePair<object?, object?>> Items { get; } = [];

    public object? Find(string key)
    {
        for (var i = Items.Count - 1; i >= 0; i--)
            if (Items[i].Key is string text && text == key) return Items[i].Value;
        return null;
    }
}

/// <summary>An object of a class that is not known here: its class by name, and its state if it has one.</summary>
internal sealed class PickleObject(string className)
{
    public string ClassName { get; } = className;

    public object? State { get; set; }
}

/// <summary>Raw bytes, left in the file where they lie.</summary>
internal sealed record PickleBytes(long Position, long Length);

/// <summary>A text or number that is too long for a name or a setting (source code, embedded data); it is not kept.</summary>
internal sealed class PickleLongValue
{
    public static PickleLongValue Instance { get; } = new();
}
