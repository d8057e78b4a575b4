using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using AspireFed.Weights.Torch.Pickles;

namespace AspireFed.Weights.Torch.Writing;

/// <summary>
/// Writes the pickle of a state dict with none but the instructions and names that PyTorch's `weights_only` loading allows. Protocol 2, as
/// torch.save uses.
/// </summary>
internal sealed class PickleWriter
{
    private const byte Protocol = 2;

    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly Dictionary<string, byte> _globals = new(StringComparer.Ordinal);

    /// <summary>The dictionary itself, or one that has it under <paramref name="key"/> with the metadata beside it.</summary>
    public static byte[] Write(IReadOnlyList<CheckpointTensor> tensors, string? key, IReadOnlyDictionary<string, string> metadata)
    {
        var pickle = new PickleWriter();
        pickle.Op(PickleOpcode.Proto, Protocol);
        if (key is null)
        {
            pickle.StateDict(tensors);
        }
        else
        {
            pickle.Op(PickleOpcode.EmptyDict);
            pickle.Op(PickleOpcode.Mark);
            pickle.Text(key);
            pickle.StateDict(tensors);
            foreach (var (name, value) in metadata.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                pickle.Text(name);
                pickle.Text(value);
            }
            pickle.Op(PickleOpcode.SetItems);
        }
        pickle.Op(PickleOpcode.Stop);
        return pickle._bytes.WrittenSpan.ToArray();
    }

    private void StateDict(IReadOnlyList<CheckpointTensor> tensors)
    {
        OrderedDict();
        Op(PickleOpcode.Mark);
        for (var i = 0; i < tensors.Count; i++)
        {
            Text(tensors[i].Name);
            Tensor(tensors[i], i.ToString(CultureInfo.InvariantCulture));
        }
        Op(PickleOpcode.SetItems);
    }

    private void Tensor(CheckpointTensor tensor, string key)
    {
        var storage = StorageType.StorageFor(tensor.Type);
        Global("torch._utils", storage is null ? "_rebuild_tensor_v3" : "_rebuild_tensor_v2");
        Op(PickleOpcode.Mark);
        Storage(tensor, storage, key);
        Number(0);
        Numbers(tensor.Shape);
        Numbers(Strides(tensor.Shape));
        Op(PickleOpcode.NewFalse);
        OrderedDict();
        // Types that came with PyTorch 2.1 and later have no storage of their own; the tensor names them.
        if (storage is null) Global("torch", StorageType.ElementsFor(tensor.Type));
        Op(PickleOpcode.Tuple);
        Op(PickleOpcode.Reduce);
    }

    private void Storage(CheckpointTensor tensor, string? storage, string key)
    {
        Op(PickleOpcode.Mark);
        Text("storage");
        Global(storage is null ? "torch.storage" : "torch", storage ?? "UntypedStorage");
        Text(key);
        Text("cpu");
        Number(storage is null ? tensor.Length : tensor.Length / tensor.Type.Size());
        Op(PickleOpcode.Tuple);
        Op(PickleOpcode.BinPersId);
    }

    private static long[] Strides(IReadOnlyList<long> shape)
    {
        var strides = new long[shape.Count];
        long stride = 1;
        for (var i = shape.Count - 1; i >= 0; i--)
        {
            strides[i] = stride;
            stride *= Math.Max(shape[i], 1);
        }
        return strides;
    }

    private void OrderedDict()
    {
        Global("collections", "OrderedDict");
        Op(PickleOpcode.EmptyTuple);
        Op(PickleOpcode.Reduce);
    }

    private void Global(string module, string name)
    {
        var known = $"{module}\n{name}\n";
        if (_globals.TryGetValue(known, out var kept))
        {
            Op(PickleOpcode.BinGet, kept);
            return;
        }
        Op(PickleOpcode.Global);
        _bytes.Write(Encoding.ASCII.GetBytes(known));
        Op(PickleOpcode.BinPut, (byte)_globals.Count);
        _globals.Add(known, (byte)_globals.Count);
    }

    private void Numbers(IReadOnlyList<long> numbers)
    {
        Op(PickleOpcode.Mark);
        foreach (var number in numbers) Number(number);
        Op(PickleOpcode.Tuple);
    }

    private void Number(long number)
    {
        if (number <= int.MaxValue)
        {
            Op(PickleOpcode.BinInt);
            Span<byte> bytes = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, (int)number);
            _bytes.Write(bytes);
        }
        else
        {
            Op(PickleOpcode.Long1, sizeof(long));
            Span<byte> bytes = stackalloc byte[sizeof(long)];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, number);
            _bytes.Write(bytes);
        }
    }

    private void Text(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, utf8.Length);
        Op(PickleOpcode.BinUnicode);
        _bytes.Write(length);
        _bytes.Write(utf8);
    }

    private void Op(PickleOpcode opcode) => _bytes.Write([(byte)opcode]);

    private void Op(PickleOpcode opcode, byte operand)
    {
        Op(opcode);
        _bytes.Write([operand]);
    }
}
