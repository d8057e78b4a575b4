using System.Numerics;
using System.Runtime.InteropServices;
using AspireFed.Weights;

namespace AspireFed.Aggregation;

/// <summary>Says whether a client's weights may count in a round.</summary>
public static class UpdateCheck
{
    private const int BlockBytes = 256 * 1024;

    /// <summary>
    /// Why the update must be refused, in one sentence that names the tensor, or null where it is good: the same tensors as the start, all
    /// floats finite, and all that is not float (buffers such as indices) unchanged.
    /// </summary>
    /// <param name="start">The weights that the round started from; null where there are none (round 0).</param>
    /// <exception cref="WeightsException">The start itself is damaged.</exception>
    public static string? Refusal(SafetensorsFile update, SafetensorsFile? start, CancellationToken cancel)
    {
        if (start is not null && HeaderRefusal(update.Header, start.Header) is { } refusal) return refusal;
        var block = new byte[BlockBytes];
        var startBlock = start is null ? [] : new byte[BlockBytes];
        foreach (var tensor in update.Header.Tensors)
        {
            var startTensor = tensor.Type.IsFloating() ? null : start?.Header.Find(tensor.Name);
            for (long offset = 0; offset < tensor.Length; offset += BlockBytes)
            {
                cancel.ThrowIfCancellationRequested();
                var bytes = block.AsSpan(0, (int)Math.Min(BlockBytes, tensor.Length - offset));
                update.Read(tensor, offset, bytes);
                if (!AllFinite(tensor.Type, bytes)) return $"The tensor {tensor.Name} holds NaN or infinity.";
                if (startTensor is null) continue;
                var startBytes = startBlock.AsSpan(0, bytes.Length);
                start!.Read(startTensor, offset, startBytes);
                if (bytes.SequenceEqual(startBytes)) continue;
                return $"The tensor {tensor.Name} is {tensor.Describe()}, which training does not change, "
                    + "and differs from the round's start.";
            }
        }
        return null;
    }

    /// <summary>Why names, types or shapes are not those of the start, or null where they are.</summary>
    public static string? HeaderRefusal(SafetensorsHeader update, SafetensorsHeader start)
    {
        foreach (var expected in start.Tensors)
        {
            if (update.Find(expected.Name) is not { } tensor) return $"The tensor {expected.Name} is missing.";
            if (!tensor.Fits(expected)) return $"The tensor {expected.Name} is {tensor.Describe()} instead of {expected.Describe()}.";
        }
        return update.Tensors.FirstOrDefault(tensor => start.Find(tensor.Name) is null) is { } extra
            ? $"The tensor {extra.Name} is not part of the model."
            : null;
    }

    /// <summary>A float is NaN or infinite exactly where all bits of its exponent are set (IEEE 754).</summary>
    private static bool AllFinite(TensorType type, ReadOnlySpan<byte> bytes) => type switch
    {
        TensorType.F32 => !AnyWithAllBits(MemoryMarshal.Cast<byte, uint>(bytes), 0x7F80_0000u),
        TensorType.F64 => !AnyWithAllBits(MemoryMarshal.Cast<byte, ulong>(bytes), 0x7FF0_0000_0000_0000ul),
        TensorType.F16 => !AnyWithAllBits(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7C00),
        TensorType.BF16 => !AnyWithAllBits(MemoryMarshal.Cast<byte, ushort>(bytes), (ushort)0x7F80),
        _ => true,
    };

    private static bool AnyWithAllBits<T>(ReadOnlySpan<T> elements, T mask)
        where T : unmanaged, IBinaryInteger<T>
    {
        var masks = new Vector<T>(mask);
        var vectors = MemoryMarshal.Cast<T, Vector<T>>(elements);
        foreach (var vector in vectors)
        {
            if (Vector.EqualsAny(vector & masks, masks)) return true;
        }
        foreach (var element in elements[(vectors.Length * Vector<T>.Count)..])
        {
            if ((element & mask) == mask) return true;
        }
        return false;
    }
}
