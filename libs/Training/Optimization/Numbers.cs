using System.Runtime.InteropServices;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Optimization;

/// <summary>Reads single numbers out of tensors.</summary>
internal static class Numbers
{
    /// <summary>The value of a scalar, straight from its memory.</summary>
    public static double ToNumber(this Tensor scalar)
    {
        using var scope = NewDisposeScope();
        return MemoryMarshal.Read<double>(scalar.detach().to(ScalarType.Float64).cpu().bytes);
    }
}
