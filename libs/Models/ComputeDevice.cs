using AspireFed.Contracts;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>Where tensors are computed.</summary>
public static class ComputeDevice
{
    /// <summary>
    /// The named device (`cpu`, `cuda`, `cuda:1`), or without a name the first GPU that libtorch can use, or else the processor.
    /// </summary>
    /// <exception cref="InputException">There is no such device.</exception>
    public static Device Choose(string? name = null)
    {
        TorchNative.EnsureLoaded();
        if (string.IsNullOrWhiteSpace(name)) return cuda_is_available() ? CUDA : CPU;
        var parts = name.Split(':');
        var index = 0;
        if (parts is not [_] and not [_, _] || (parts.Length == 2 && !int.TryParse(parts[1], out index)))
            throw new InputException($"'{name}' names no device: write cpu, cuda or cuda:<number>.");
        var gpus = cuda_is_available() ? cuda.device_count() : 0;
        return parts[0] switch
        {
            "cpu" when parts.Length == 1 => CPU,
            "cuda" when index >= 0 && index < gpus => device(TorchSharp.DeviceType.CUDA, index),
            "cuda" => throw new InputException($"libtorch sees no device '{name}': it can use {gpus} GPUs here."),
            _ => throw new InputException($"'{name}' names no device: write cpu, cuda or cuda:<number>."),
        };
    }
}
