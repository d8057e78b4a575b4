namespace AspireFed.Specs.Text;

/// <summary>A node of the YAML text. Own tree, since YamlDotNet's stops at the first duplicate key.</summary>
/// <param name="Line">Line in the text, from 1; 0 where it came from a `--set`.</param>
internal abstract record SpecNode(int Line);

/// <param name="Plain">Whether it stands without quotes, so that it may be a number, a truth value or null.</param>
internal sealed record ScalarNode(int Line, string Text, bool Plain) : SpecNode(Line)
{
    /// <summary>A key with nothing after it.</summary>
    public bool IsEmpty => Plain && Text.Length == 0;

    /// <summary>Null that somebody wrote down.</summary>
    public bool IsNull => Plain && Text is "null" or "Null" or "NULL" or "~";
}

internal sealed record ListNode(int Line, IReadOnlyList<SpecNode> Items) : SpecNode(Line);

internal sealed record MapNode(int Line, List<MapEntry> Entries) : SpecNode(Line)
{
    public MapEntry? Find(string key) => Entries.Find(entry => entry.Key == key);
}

/// <param name="Line">Line of the key.</param>
internal sealed record MapEntry(string Key, int Line, SpecNode Value);
