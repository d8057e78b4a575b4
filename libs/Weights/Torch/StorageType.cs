namespace AspireFed.Weights.Torch;

/// <summary>An element type of PyTorch. <see cref="Type"/> is null for those that have no counterpart here (complex, quantized).</summary>
internal sealed record StorageType(string Name, TensorType? Type, int Size)
{
    private static readonly StorageType[] Storages =
    [
        new("FloatStorage", TensorType.F32, 4), new("DoubleStorage", TensorType.F64, 8),
        new("HalfStorage", TensorType.F16, 2), new("BFloat16Storage", TensorType.BF16, 2),
        new("LongStorage", TensorType.I64, 8), new("IntStorage", TensorType.I32, 4), new("ShortStorage", TensorType.I16, 2),
        new("CharStorage", TensorType.I8, 1), new("ByteStorage", TensorType.U8, 1), new("BoolStorage", TensorType.BOOL, 1),
        // Bytes whose type the tensor states; PyTorch 1.13 called it by the second name.
        new("UntypedStorage", TensorType.U8, 1), new("_UntypedStorage", TensorType.U8, 1),
        new("ComplexFloatStorage", TensorType.C64, 8), new("ComplexDoubleStorage", null, 16),
        new("QInt8Storage", null, 1), new("QUInt8Storage", null, 1), new("QInt32Storage", null, 4),
    ];

    private static readonly StorageType[] Elements =
    [
        new("float32", TensorType.F32, 4), new("float64", TensorType.F64, 8), new("float16", TensorType.F16, 2),
        new("bfloat16", TensorType.BF16, 2), new("int64", TensorType.I64, 8), new("int32", TensorType.I32, 4),
        new("int16", TensorType.I16, 2), new("int8", TensorType.I8, 1), new("uint8", TensorType.U8, 1), new("bool", TensorType.BOOL, 1),
        new("uint16", TensorType.U16, 2), new("uint32", TensorType.U32, 4), new("uint64", TensorType.U64, 8),
        new("float8_e5m2", TensorType.F8_E5M2, 1), new("float8_e4m3fn", TensorType.F8_E4M3, 1), new("float8_e8m0fnu", TensorType.F8_E8M0, 1),
        new("complex64", TensorType.C64, 8),
    ];

    /// <summary>The type of a storage's class, such as FloatStorage, or null.</summary>
    public static StorageType? OfStorage(string name) => Array.Find(Storages, storage => storage.Name == name);

    /// <summary>The type of elements, such as float32, or null.</summary>
    public static StorageType? OfElements(string name) => Array.Find(Elements, element => element.Name == name);

    /// <summary>The class of storage in which PyTorch keeps this type; null where it keeps it as untyped bytes.</summary>
    public static string? StorageFor(TensorType type) => Array.Find(Storages, storage => storage.Type == type)?.Name;

    /// <summary>The name of the elements in PyTorch.</summary>
    public static string ElementsFor(TensorType type) => Array.Find(Elements, element => element.Type == type)!.Name;
}
