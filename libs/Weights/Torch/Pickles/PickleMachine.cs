using System.Buffers.Binary;
using System.Numerics;
using static AspireFed.Weights.Torch.Pickles.PickleOpcode;

namespace AspireFed.Weights.Torch.Pickles;

/// <summary>
/// Builds the values that a pickle describes (Python's pickletools documents the instructions). Nothing is executed: classes and functions
/// stay names, and <see cref="IPickleTypes"/> says what the few that matter stand for. There is no recursion, and every instruction takes
/// at least a byte and pays for what it allocates, so that time and memory are bounded by the file.
/// </summary>
internal sealed class PickleMachine(FileBytes file, ByteReader input, MemoryBudget budget, IPickleTypes types)
{
    /// <summary>No name or setting is longer.</summary>
    private const int MaxText = 1 << 16;

    private const int MaxNumber = 256;
    private const int NewestProtocol = 5;

    private readonly PickleStack _stack = new(file);
    private readonly Dictionary<uint, object?> _memo = [];

    /// <summary>Reads one pickle; the input then stands behind it.</summary>
    public object? Run()
    {
        while (true)
        {
            var at = input.Position;
            var opcode = (PickleOpcode)input.ReadByte();
            if (opcode == Stop) return _stack.Pop();
            if (!Constant(opcode) && !Container(opcode) && !Object(opcode))
                throw file.Refused($"byte {at} is the unknown pickle instruction 0x{(byte)opcode:x2}; it is damaged or no PyTorch file");
        }
    }

    private bool Constant(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case Proto: Protocol(input.ReadByte()); break;
            case Frame: input.ReadUInt64(); break;
            case None: _stack.Push(null); break;
            case NewTrue: Push(true, MemoryBudget.Number); break;
            case NewFalse: Push(false, MemoryBudget.Number); break;
            case BinInt: Push((long)(int)input.ReadUInt32(), MemoryBudget.Number); break;
            case BinInt1: Push((long)input.ReadByte(), MemoryBudget.Number); break;
            case BinInt2: Push((long)input.ReadUInt16(), MemoryBudget.Number); break;
            case BinFloat: PushFloat(); break;
            case Long1: PushNumber(input.ReadByte()); break;
            case Long4: PushNumber(input.ReadUInt32()); break;
            case ShortBinString or ShortBinUnicode: PushText(input.ReadByte()); break;
            case BinString or BinUnicode: PushText(input.ReadUInt32()); break;
            case BinUnicode8: PushText(input.ReadUInt64()); break;
            case ShortBinBytes: PushBytes(input.ReadByte()); break;
            case BinBytes: PushBytes(input.ReadUInt32()); break;
            case BinBytes8 or ByteArray8: PushBytes(input.ReadUInt64()); break;
            default: return false;
        }
        return true;
    }

    private bool Container(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case Mark: _stack.Mark(); break;
            case Pop when _stack.AtMark: _stack.PopToMark(); break;
            case Pop: _stack.Pop(); break;
            case PopMark: _stack.PopToMark(); break;
            case Dup: _stack.Push(_stack.Top); break;
            case EmptyTuple: _stack.Push(Array.Empty<object?>()); break;
            case Tuple1: PushTuple([_stack.Pop()]); break;
            case Tuple2: PushTuple(LastTwo()); break;
            case Tuple3: PushTuple(LastThree()); break;
            case PickleOpcode.Tuple: PushTuple(_stack.PopToMark()); break;
            case EmptyList: Push(new PickleList([]), MemoryBudget.Object); break;
            case Append: Add([_stack.Pop()]); break;
            case Appends or AddItems: Add(_stack.PopToMark()); break;
            case EmptyDict: Push(new PickleDict(), MemoryBudget.Object); break;
            case SetItem: Set(LastTwo()); break;
            case SetItems: Set(_stack.PopToMark()); break;
            case EmptySet: Push(new PickleSet([]), MemoryBudget.Object); break;
            case FrozenSet: PushSet(_stack.PopToMark()); break;
            default: return false;
        }
        return true;
    }

    private bool Object(PickleOpcode opcode)
    {
        switch (opcode)
        {
            case BinPut: Remember(input.ReadByte()); break;
            case LongBinPut: Remember(input.ReadUInt32()); break;
            case Memoize: Remember((uint)_memo.Count); break;
            case BinGet: Recall(input.ReadByte()); break;
            case LongBinGet: Recall(input.ReadUInt32()); break;
            case Global: PushGlobal(input.ReadLine(MaxText), input.ReadLine(MaxText)); break;
            case StackGlobal: PushStackGlobal(); break;
            case Reduce or NewObj: Call(LastTwo()); break;
            case NewObjEx: Call(LastThree()); break;
            case Build: SetState(_stack.Pop(), _stack.Top); break;
            case BinPersId: Push(types.Find(_stack.Pop()), MemoryBudget.Object); break;
            default: return false;
        }
        return true;

        static void SetState(object? state, object? target)
        {
            // A dictionary or tensor may carry attributes too (such as `_metadata` of a state dict); they are of no use here.
            if (target is PickleObject built) built.State = state;
        }
    }

    private void Protocol(byte protocol)
    {
        if (protocol > NewestProtocol) throw file.Refused($"it is written in pickle protocol {protocol}; save it with protocol 2 to 4");
    }

    private void Push(object? value, long cost)
    {
        budget.Charge(cost);
        _stack.Push(value);
    }

    private void PushFloat()
    {
        Span<byte> bytes = stackalloc byte[sizeof(double)];
        input.Read(bytes);
        Push(BinaryPrimitives.ReadDoubleBigEndian(bytes), MemoryBudget.Number);
    }

    private void PushNumber(uint length)
    {
        if (length > MaxNumber)
        {
            input.Skip(length);
            _stack.Push(PickleLongValue.Instance);
            return;
        }
        Span<byte> bytes = stackalloc byte[(int)length];
        input.Read(bytes);
        var number = new BigInteger(bytes);
        var small = number >= long.MinValue && number <= long.MaxValue;
        // Without the cast to object both would become BigInteger.
        Push(small ? (object)(long)number : number, MemoryBudget.Object + length);
    }

    private void PushText(ulong length)
    {
        if (length <= MaxText)
        {
            budget.Charge(MemoryBudget.Text((int)length));
            _stack.Push(input.ReadText((int)length));
        }
        else
        {
            input.Skip(length);
            _stack.Push(PickleLongValue.Instance);
        }
    }

    private void PushBytes(ulong length)
    {
        var bytes = new PickleBytes(input.Position, (long)Math.Min(length, long.MaxValue));
        input.Skip(length);
        Push(bytes, MemoryBudget.Object);
    }

    private void PushTuple(object?[] items) => Push(items, MemoryBudget.Object + ((long)MemoryBudget.Slot * items.Length));

    private void PushSet(object?[] items) =>
        Push(new PickleSet([.. items]), MemoryBudget.Object + ((long)MemoryBudget.Slot * items.Length));

    private object?[] LastTwo()
    {
        var second = _stack.Pop();
        return [_stack.Pop(), second];
    }

    private object?[] LastThree()
    {
        var third = _stack.Pop();
        return [.. LastTwo(), third];
    }

    /// <summary>Adds to the list or set on top; what goes into an unknown object is not kept.</summary>
    private void Add(object?[] items)
    {
        budget.Charge((long)MemoryBudget.Slot * items.Length);
        if (_stack.Top is PickleList list) list.Items.AddRange(items);
        else if (_stack.Top is PickleSet set) set.Items.AddRange(items);
    }

    private void Set(object?[] keysAndValues)
    {
        if (keysAndValues.Length % 2 != 0) throw file.Damaged($"a key of its pickle has no value at byte {input.Position}");
        if (_stack.Top is not PickleDict dict) return;
        budget.Charge((long)MemoryBudget.Slot * keysAndValues.Length);
        for (var i = 0; i < keysAndValues.Length; i += 2) dict.Items.Add(new(keysAndValues[i], keysAndValues[i + 1]));
    }

    private void PushGlobal(string module, string name) =>
        Push(new PickleGlobal(module, name), MemoryBudget.Object + MemoryBudget.Text(module.Length) + MemoryBudget.Text(name.Length));

    private void PushStackGlobal()
    {
        if (LastTwo() is not [string module, string name])
            throw file.Damaged($"a class of its pickle has no name at byte {input.Position}");
        PushGlobal(module, name);
    }

    /// <summary>Function and arguments; a third operand would be arguments by name, which none of the known ones takes.</summary>
    private void Call(object?[] call) => Push(types.Call(call[0], call[1]), 2 * MemoryBudget.Object);

    private void Remember(uint index)
    {
        budget.Charge(MemoryBudget.Entry);
        _memo[index] = _stack.Top;
    }

    private void Recall(uint index)
    {
        if (!_memo.TryGetValue(index, out var value)) throw file.Damaged($"its pickle recalls number {index}, which it never kept");
        _stack.Push(value);
    }
}
