using System.Globalization;
using System.Numerics;
using AspireFed.Weights.Torch.Pickles;

namespace AspireFed.Weights.Torch;

/// <summary>
/// Walks the object of a PyTorch file and gives each tensor its dotted name, as `state_dict` would. Modules are walked by their
/// `_parameters`, `_buffers` and `_modules`, whatever their class. What is left out is noted.
/// </summary>
internal sealed class TensorTree(FileBytes file, MemoryBudget budget)
{
    private const int MaxDepth = 100;
    private const int MaxNotes = 40;

    private readonly Dictionary<string, TorchTensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<string> _order = [];
    private readonly Dictionary<string, string> _metadata = new(StringComparer.Ordinal);
    private readonly List<string> _notes = [];
    private readonly Dictionary<string, int> _plain = new(StringComparer.Ordinal);
    private int _unnoted;

    /// <summary>Names in the order in which the file has them.</summary>
    public IEnumerable<(string Name, TorchTensor Tensor)> Tensors => _order.Select(name => (name, _tensors[name]));

    public IReadOnlyDictionary<string, string> Metadata => _metadata;

    public IReadOnlyList<string> Notes =>
    [
        .. _notes,
        .. _unnoted > 0 ? [$"{_unnoted} more objects were left out"] : Array.Empty<string>(),
        .. _plain.Select(pair => $"{pair.Key}: {pair.Value} plain values were left out"),
    ];

    public void Walk(object? root)
    {
        if (root is TorchTensor tensor) Add("tensor", tensor);
        else Walk(root, "", 0);
    }

    private void Walk(object? value, string name, int depth)
    {
        // The same list may stand in many places, so that a short pickle can mean a tree without an end.
        budget.Charge(MemoryBudget.Object);
        if (depth > MaxDepth) throw file.Damaged($"its objects are nested more than {MaxDepth} levels deep, near {Shown.Text(name)}");
        switch (value)
        {
            case TorchTensor tensor: Add(name, tensor); break;
            case PickleDict dict: WalkItems(dict, name, depth); break;
            case PickleList list: WalkItems(list.Items, name, depth); break;
            case object?[] tuple: WalkItems(tuple, name, depth); break;
            case PickleObject { State: PickleDict state } module when IsModule(state): WalkModule(module, state, name, depth); break;
            case PickleObject foreign: Note(name, foreign); break;
            default: AddPlain(name, value, depth); break;
        }
    }

    private void WalkItems(PickleDict dict, string name, int depth)
    {
        foreach (var (key, value) in dict.Items)
        {
            if (key is string text) Walk(value, Join(name, text), depth + 1);
            else if (key is long number) Walk(value, Join(name, number.ToString(CultureInfo.InvariantCulture)), depth + 1);
            else Count(name);
        }
    }

    private void WalkItems(IReadOnlyList<object?> items, string name, int depth)
    {
        for (var i = 0; i < items.Count; i++) Walk(items[i], Join(name, i.ToString(CultureInfo.InvariantCulture)), depth + 1);
    }

    private static bool IsModule(PickleDict state) => state.Find("_parameters") is PickleDict && state.Find("_modules") is PickleDict;

    private void WalkModule(PickleObject module, PickleDict state, string name, int depth)
    {
        if (depth == 0)
        {
            _notes.Add($"it is a whole module of the class {Shown.Text(module.ClassName)}; only its parameters and buffers were read");
            foreach (var (key, value) in state.Items)
                if (key is string text && !text.StartsWith('_') && Plain(value) is not null) AddPlain(text, value, depth + 1);
        }
        if (state.Find("_parameters") is PickleDict parameters) WalkMembers(parameters, name, depth, []);
        if (state.Find("_buffers") is PickleDict buffers)
            WalkMembers(buffers, name, depth, (state.Find("_non_persistent_buffers_set") as PickleSet)?.Items ?? []);
        if (state.Find("_modules") is PickleDict modules) WalkMembers(modules, name, depth, []);
    }

    /// <summary>A member that is None (a bias that was not wanted, say) has no place in a state dict.</summary>
    private void WalkMembers(PickleDict members, string name, int depth, List<object?> without)
    {
        foreach (var (key, value) in members.Items)
            if (key is string text && value is not null && !without.Contains(text)) Walk(value, Join(name, text), depth + 1);
    }

    private string Join(string parent, string name)
    {
        budget.Charge(MemoryBudget.Text(parent.Length + name.Length + 1));
        return parent.Length == 0 ? name : $"{parent}.{name}";
    }

    private void Add(string name, TorchTensor tensor)
    {
        budget.Charge(3 * MemoryBudget.Entry);
        if (tensor.Type.Type is null)
            throw file.Refused($"its tensor {Shown.Text(name)} is of the type {Shown.Text(tensor.Type.Name)}, which is not known here");
        if (tensor.Fault() is { } fault) throw file.Damaged($"its tensor {Shown.Text(name)} {fault}");
        if (!_tensors.TryAdd(name, tensor)) throw file.Damaged($"it has two tensors {Shown.Text(name)}");
        _order.Add(name);
    }

    private void AddPlain(string name, object? value, int depth)
    {
        if (depth == 1 && Plain(value) is { } text) _metadata[name] = text;
        else if (value is not null) Count(name);
    }

    private static string? Plain(object? value) => value switch
    {
        string text => text,
        bool truth => truth ? "true" : "false",
        long or double or BigInteger => Convert.ToString(value, CultureInfo.InvariantCulture),
        _ => null,
    };

    private void Count(string name)
    {
        var top = Shown.Text(name.Split('.', 2)[0]);
        budget.Charge(_plain.ContainsKey(top) ? 0 : MemoryBudget.Entry + MemoryBudget.Text(top.Length));
        _plain[top] = _plain.GetValueOrDefault(top) + 1;
    }

    private void Note(string name, PickleObject foreign)
    {
        if (_notes.Count < MaxNotes)
            _notes.Add($"{(name.Length == 0 ? "the whole" : Shown.Text(name))}: an object of {Shown.Text(foreign.ClassName)} was left out");
        else
            _unnoted++;
    }
}
