using AspireFed.Weights.Torch.Containers;
using AspireFed.Weights.Torch.Pickles;

namespace AspireFed.Weights.Torch;

/// <summary>
/// The few classes and functions of Python and PyTorch that stand between a pickle and its tensors (torch/_utils.py, torch/serialization.py).
/// Any other becomes a <see cref="PickleObject"/> that keeps its name and state.
/// </summary>
internal sealed class TorchTypes(FileBytes file, MemoryBudget budget, IStorageSource storages, bool mayEmbed) : IPickleTypes
{
    public object? Call(object? function, object? arguments)
    {
        if (function is not PickleGlobal global) return new PickleObject(function is PickleObject { ClassName: var name } ? name : "?");
        var values = arguments as object?[] ?? [];
        return global.FullName switch
        {
            "collections.OrderedDict" or "collections.defaultdict" or "builtins.dict" or "__builtin__.dict" => NewDict(values),
            "builtins.set" or "__builtin__.set" or "builtins.frozenset" or "__builtin__.frozenset" => NewSet(values),
            "torch.Size" => values is [var sizes] ? sizes : null,
            "torch._utils._rebuild_parameter" or "torch._utils._rebuild_parameter_with_state" => values is [var data, ..] ? data : null,
            "torch._tensor._rebuild_from_type_v2" => Subclass(global, values),
            "torch.storage._load_from_bytes" => values is [PickleBytes bytes] ? Embedded(bytes) : new PickleObject(global.FullName),
            "copyreg._reconstructor" or "copy_reg._reconstructor" when values is [PickleGlobal type, ..] => new PickleObject(type.FullName),
            _ => (object?)Tensor(global, values) ?? new PickleObject(global.FullName),
        };
    }

    public object? Find(object? persistentId)
    {
        switch (persistentId)
        {
            // The legacy container adds the source text of each class to its first use.
            case object?[] and ["module", PickleGlobal type, ..]:
                return type;
            case object?[] and ["storage", PickleGlobal type, string key, _, long count, .. var view]:
                return Storage(type, key, count, view);
            case object?[] and ["storage", ..]:
                throw file.Damaged("its pickle describes a storage in a way that PyTorch does not");
            default:
                return new PickleObject("?");
        }
    }

    private TorchStorage Storage(PickleGlobal type, string key, long count, object?[] view)
    {
        var known = StorageType.OfStorage(type.Name)
            ?? throw file.Refused($"it has a storage of the type {Shown.Text(type.FullName)}, which is not known here");
        if (count < 0 || count > long.MaxValue / known.Size) throw file.Damaged($"its storage {Shown.Text(key)} has {count} elements");
        var bytes = storages.Find(key, known.Size);
        // Before PyTorch 0.4 a storage could be a part of another one.
        return view is [object?[] and [_, long start, long size]] && start >= 0 && size >= 0 && start <= count && size <= count - start
            ? new TorchStorage(known, bytes, start, size)
            : new TorchStorage(known, bytes, 0, count);
    }

    private static TorchTensor? Tensor(PickleGlobal function, object?[] values) => function.FullName switch
    {
        "torch._utils._rebuild_tensor" or "torch._utils._rebuild_tensor_v2"
            when values is [TorchStorage storage, long offset, var shape, var strides, ..]
                && Numbers(shape) is { } sides && Numbers(strides) is { } steps =>
            new TorchTensor(storage, storage.Type, offset, sides, steps),
        "torch._utils._rebuild_tensor_v3"
            when values is [TorchStorage storage, long offset, var shape, var strides, _, _, PickleGlobal type, ..]
                && Numbers(shape) is { } sides && Numbers(strides) is { } steps =>
            new TorchTensor(storage, StorageType.OfElements(type.Name) ?? new StorageType(type.Name, null, 1), offset, sides, steps),
        _ => null,
    };

    private static long[]? Numbers(object? value)
    {
        IReadOnlyList<object?>? items = value switch
        {
            object?[] tuple => tuple,
            PickleList list => list.Items,
            _ => null,
        };
        return items is { Count: <= TorchTensor.MaxRank } && items.All(item => item is long) ? [.. items.Cast<long>()] : null;
    }

    /// <summary>A tensor of a subclass, such as Parameter: the function that rebuilds it, its class, the function's arguments, state.</summary>
    private static object Subclass(PickleGlobal global, object?[] values) =>
        values is [PickleGlobal rebuild, _, object?[] and var inner, ..] && Tensor(rebuild, (object?[])inner) is { } tensor
            ? tensor
            : new PickleObject(global.FullName);

    /// <summary>A plain pickle keeps each storage as a whole legacy file of its own.</summary>
    private object? Embedded(PickleBytes bytes)
    {
        if (!mayEmbed) throw file.Damaged("a storage within it contains a storage in turn");
        return LegacyContainer.Read(file, bytes.Position, bytes.Position + bytes.Length, budget, mayEmbed: false).Root;
    }

    private PickleDict NewDict(object?[] values)
    {
        var dict = new PickleDict();
        if (values is not [.., PickleList pairs]) return dict;
        foreach (var pair in pairs.Items)
        {
            budget.Charge(2 * MemoryBudget.Slot);
            if (pair is object?[] and [var tupleKey, var tupleValue]) dict.Items.Add(new(tupleKey, tupleValue));
            else if (pair is PickleList { Items: [var listKey, var listValue] }) dict.Items.Add(new(listKey, listValue));
        }
        return dict;
    }

    private PickleSet NewSet(object?[] values)
    {
        if (values is not [PickleList list]) return new PickleSet([]);
        budget.Charge((long)MemoryBudget.Slot * list.Items.Count);
        return new PickleSet([.. list.Items]);
    }
}
