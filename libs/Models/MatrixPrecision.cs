using System.Runtime.InteropServices;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>
/// The number format of matrix products while a forward pass runs. bf16 is torch's own autocast, which TorchSharp does not bind: weights
/// and sums stay fp32. Close the scope before the backward pass, which follows the formats of the forward pass by itself. A scope holds for
/// its thread only.
/// </summary>
public static unsafe class MatrixPrecision
{
    private const sbyte BFloat16 = 15;

    private static readonly Lazy<Functions> Autocast = new(Bind);

    /// <exception cref="InputException">This libtorch has no autocast that can be reached.</exception>
    public static IDisposable Use(Precision precision, Device device)
    {
        if (precision == Precision.Fp32) return Scope.Nothing;
        TorchNative.EnsureLoaded();
        return Scope.Enter(Autocast.Value, (sbyte)device.type);
    }

    private static Functions Bind()
    {
        var path = OperatingSystem.IsMacOS() ? "libtorch_cpu.dylib" : "libtorch_cpu.so";
        const string prefix = "_ZN2at8autocast";
        if (!NativeLibrary.TryLoad(path, out var library)
            || !NativeLibrary.TryGetExport(library, $"{prefix}20set_autocast_enabledEN3c1010DeviceTypeEb", out var enable)
            || !NativeLibrary.TryGetExport(library, $"{prefix}18set_autocast_dtypeEN3c1010DeviceTypeENS1_10ScalarTypeE", out var choose)
            || !NativeLibrary.TryGetExport(library, $"{prefix}17increment_nestingEv", out var enter)
            || !NativeLibrary.TryGetExport(library, $"{prefix}17decrement_nestingEv", out var leave)
            || !NativeLibrary.TryGetExport(library, $"{prefix}11clear_cacheEv", out var clear))
            throw new InputException("This libtorch gives no access to bf16 matrix products: set model.precision to fp32.");
        return new Functions(
            (delegate* unmanaged<sbyte, byte, void>)enable, (delegate* unmanaged<sbyte, sbyte, void>)choose,
            (delegate* unmanaged<int>)enter, (delegate* unmanaged<int>)leave, (delegate* unmanaged<void>)clear);
    }

    private sealed class Functions(
        delegate* unmanaged<sbyte, byte, void> enable, delegate* unmanaged<sbyte, sbyte, void> choose,
        delegate* unmanaged<int> enter, delegate* unmanaged<int> leave, delegate* unmanaged<void> clear)
    {
        public void Enter(sbyte device)
        {
            choose(device, BFloat16);
            enable(device, 1);
            _ = enter();
        }

        public void Leave(sbyte device)
        {
            // The cache holds bf16 copies of weights that the optimiser is about to change.
            if (leave() == 0) clear();
            enable(device, 0);
        }
    }

    private sealed class Scope(Functions? autocast, sbyte device) : IDisposable
    {
        public static readonly Scope Nothing = new(null, 0);

        private bool _left;

        public void Dispose()
        {
            if (_left || autocast is null) return;
            _left = true;
            autocast.Leave(device);
        }

        public static Scope Enter(Functions autocast, sbyte device)
        {
            autocast.Enter(device);
            return new Scope(autocast, device);
        }
    }
}
