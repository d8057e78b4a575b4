namespace AspireFed.Weights.Torch.Pickles;

/// <summary>The values in the making, cut into stretches by marks.</summary>
internal sealed class PickleStack(FileBytes file)
{
    /// <summary>Far more than a pickler leaves unfinished: it adds to a list or dictionary after every 1,000 items.</summary>
    private const int MaxValues = 1 << 20;

    private const int MaxMarks = 1 << 16;

    private readonly List<object?> _values = [];
    private readonly List<int> _marks = [];

    private int Bottom => _marks.Count == 0 ? 0 : _marks[^1];

    public object? Top => _values.Count > Bottom ? _values[^1] : throw Empty();

    public bool AtMark => _marks.Count > 0 && Bottom == _values.Count;

    public void Push(object? value)
    {
        if (_values.Count == MaxValues) throw file.Damaged($"its pickle leaves more than {MaxValues} values unfinished");
        _values.Add(value);
    }

    public object? Pop()
    {
        var top = Top;
        _values.RemoveAt(_values.Count - 1);
        return top;
    }

    public void Mark()
    {
        if (_marks.Count == MaxMarks) throw file.Damaged($"its pickle is nested more than {MaxMarks} levels deep");
        _marks.Add(_values.Count);
    }

    /// <summary>Takes the values above the last mark, and the mark.</summary>
    public object?[] PopToMark()
    {
        if (_marks.Count == 0) throw file.Damaged("its pickle ends a stretch that it never began");
        object?[] taken = [.. _values[Bottom..]];
        _values.RemoveRange(Bottom, taken.Length);
        _marks.RemoveAt(_marks.Count - 1);
        return taken;
    }

    private WeightsException Empty() => file.Damaged("its pickle uses a value that is not there");
}
