namespace AspireFed.Weights;

/// <summary>What is known about an element type.</summary>
public static class TensorTypeExtensions
{
    /// <summary>Bytes of one element.</summary>
    public static int Size(this TensorType type) => type switch
    {
        TensorType.BOOL or TensorType.U8 or TensorType.I8 => 1,
        TensorType.F8_E4M3 or TensorType.F8_E5M2 or TensorType.F8_E8M0 => 1,
        TensorType.U16 or TensorType.I16 or TensorType.F16 or TensorType.BF16 => 2,
        TensorType.U32 or TensorType.I32 or TensorType.F32 => 4,
        TensorType.U64 or TensorType.I64 or TensorType.F64 or TensorType.C64 => 8,
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "Not an element type."),
    };

    public static bool IsFloating(this TensorType type) => type is TensorType.F16 or TensorType.BF16 or TensorType.F32 or TensorType.F64;
}
