using System.Diagnostics.CodeAnalysis;

namespace AspireFed.Weights;

/// <summary>
/// Element types of safetensors files, named as the format names them. Missing are those of less than a byte (F4, F6), of which no model
/// here is made.
/// </summary>
[SuppressMessage("Naming", "CA1707", Justification = "The format's own names.")]
public enum TensorType
{
    BOOL,
    U8,
    I8,
    F8_E4M3,
    F8_E5M2,
    F8_E8M0,
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

    /// <summary>Complex numbers of two F32.</summary>
    C64,
}
