namespace AspireFed.Weights;

/// <summary>Element types of safetensors files, named as the format names them.</summary>
public enum TensorType
{
    BOOL,
    U8,
    I8,
    U16,
    I16,
    U32,
    I32,
    U64,
    I64,
    F16,
    BF16,
    F32,
    F64,
}
