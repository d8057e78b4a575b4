using AspireFed.Contracts.Specs;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace AspireFed.Specs.Text;

/// <summary>Parses YAML (and so JSON) into the tree of one document.</summary>
internal sealed class SpecText
{
    /// <summary>Deep enough for every spec; keeps a hostile text from exhausting the stack.</summary>
    private const int MaxDepth = 32;

    private readonly Parser _parser;

    private SpecText(string text) => _parser = new Parser(new StringReader(text));

    /// <summary>The root node; null where the text is not one YAML document, with the fault that says so.</summary>
    public static SpecNode? Parse(string text, List<SpecFault> faults)
    {
        try
        {
            return new SpecText(text).Document(faults);
        }
        catch (YamlException error)
        {
            faults.Add(new SpecFault("", (int)error.End.Line, $"This is not YAML: {Sentence(error)}"));
            return null;
        }
    }

    private SpecNode? Document(List<SpecFault> faults)
    {
        _parser.Consume<StreamStart>();
        if (!_parser.TryConsume<DocumentStart>(out _))
        {
            faults.Add(new SpecFault("", 0, "The spec is empty; see `fed spec` for its keys."));
            return null;
        }
        SpecNode root = Node(0);
        _parser.Consume<DocumentEnd>();
        if (_parser.TryConsume<DocumentStart>(out var second))
        {
            faults.Add(new SpecFault("", Line(second.Start), "A second document begins here; give it a file of its own."));
            return null;
        }
        return root;
    }

    private SpecNode Node(int depth)
    {
        var mark = _parser.Current!.Start;
        if (depth > MaxDepth) throw new YamlException(mark, mark, $"it is nested deeper than {MaxDepth} levels");
        if (_parser.TryConsume<Scalar>(out var scalar))
            return new ScalarNode(Line(mark), scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty);
        // Aliases let a short text unfold into an endless one, and no spec needs them.
        if (_parser.TryConsume<AnchorAlias>(out var alias))
            throw new YamlException(mark, mark, $"*{alias.Value.Value} is an alias, and a spec has none: write the value out");
        return _parser.TryConsume<SequenceStart>(out _) ? Items(Line(mark), depth) : Map(mark, depth);
    }

    private ListNode Items(int line, int depth)
    {
        List<SpecNode> items = [];
        while (!_parser.TryConsume<SequenceEnd>(out _)) items.Add(Node(depth + 1));
        return new ListNode(line, items);
    }

    private MapNode Map(Mark mark, int depth)
    {
        _parser.Consume<MappingStart>();
        List<MapEntry> entries = [];
        while (!_parser.TryConsume<MappingEnd>(out _))
        {
            var at = _parser.Current!.Start;
            if (!_parser.TryConsume<Scalar>(out var key)) throw new YamlException(at, at, "a key must be a plain word");
            entries.Add(new MapEntry(key.Value, Line(at), Node(depth + 1)));
        }
        return new MapNode(Line(mark), entries);
    }

    private static int Line(Mark mark) => (int)mark.Line;

    private static string Sentence(YamlException error)
    {
        string message = error.Message.Trim().TrimEnd('.');
        return $"{message} (column {error.End.Column}).";
    }
}
