using System.Runtime.InteropServices;

namespace AspireFed.Models.Native;

/// <summary>
/// A training step frees all that it has taken. By default glibc gives such memory back to the system, and every step pays for its pages
/// again: measured, a tenth of a small model's step. Here up to 2 GB stay with the process, in one arena for all threads.
/// </summary>
internal static unsafe class HeldMemory
{
    private const int TrimThreshold = -1, MapThreshold = -3, ArenaMax = -8;

    public static void Keep()
    {
        // Another C library than glibc has no such setting, and a person's own setting is left alone.
        if (!OperatingSystem.IsLinux() || Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is not null) return;
        if (!NativeLibrary.TryLoad("libc.so.6", out var libc) || !NativeLibrary.TryGetExport(libc, "mallopt", out var export)) return;
        var set = (delegate* unmanaged<int, int, int>)export;
        _ = set(ArenaMax, 1);
        _ = set(MapThreshold, 32 * 1024 * 1024);
        _ = set(TrimThreshold, int.MaxValue);
    }
}
