using System.Runtime.InteropServices;

namespace AspireFed.Models.Native;

/// <summary>
/// TorchSharp wraps every number that it hands to libtorch in a native object, even the 1 of `a + b`, and does not hold it while libtorch
/// reads it: a garbage collection at that moment frees it, and the sum fails or is wrong (measured: 114 of 2.5 million under constant
/// collection). Here such objects are freed some tens of thousands later, which no call outlasts.
/// </summary>
internal static unsafe class LastingScalars
{
    private const int Lasting = 1 << 16;

    private static readonly nint[] s_freedLater = new nint[Lasting];
    private static int s_next;

    /// <summary>Leads the function by which TorchSharp frees numbers here. On Linux, where new and free are one, and x64.</summary>
    public static void Keep(nint bindings)
    {
        if (!OperatingSystem.IsLinux() || RuntimeInformation.ProcessArchitecture != Architecture.X64) return;
        if (!NativeLibrary.TryGetExport(bindings, "THSTorch_dispose_scalar", out var function)) return;
        Span<byte> jump = [0x48, 0xb8, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xe0]; // mov rax, target; jmp rax
        delegate* unmanaged<nint, void> target = &FreeLater;
        BitConverter.TryWriteBytes(jump[2..], (long)target);
        CodePatch.TryWrite(function, jump);
    }

    [UnmanagedCallersOnly]
    private static void FreeLater(nint scalar)
    {
        var slot = Interlocked.Increment(ref s_next) & (Lasting - 1);
        var old = Interlocked.Exchange(ref s_freedLater[slot], scalar);
        if (old != 0) NativeMemory.Free((void*)old);
    }
}
