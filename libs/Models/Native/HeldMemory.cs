using System.Runtime.InteropServices;

namespace AspireFed.Models.Native;

/// <summary>
/// A training step frees all that it has taken. By default glibc gives such memory back to the system, and every step pays for its pages
/// again: measured, a tenth of a small model's step. Here up to 2 GB stay with the process, in one arena for all threads.
/// </summary>
public static unsafe class HeldMemory
{
    private const int TrimThreshold = -1, MapThreshold = -3, ArenaMax = -8;

    internal static void Keep()
    {
        // A person's own setting is left alone.
        if (Environment.GetEnvironmentVariable("MALLOC_TRIM_THRESHOLD_") is not null || Find("mallopt") is not { } mallopt) return;
        var set = (delegate* unmanaged<int, int, int>)mallopt;
        _ = set(ArenaMax, 1);
        _ = set(MapThreshold, 32 * 1024 * 1024);
        _ = set(TrimThreshold, int.MaxValue);
    }

    /// <summary>
    /// Gives back what is held and not in use, after work that comes rarely. The one arena comes too late for threads that .NET has started
    /// before: each of theirs would stay as large as it ever was.
    /// </summary>
    public static void GiveBack()
    {
        if (Find("malloc_trim") is { } trim) _ = ((delegate* unmanaged<nuint, int>)trim)(0);
    }

    /// <summary>A function of glibc; null where there is another C library, which has no such settings.</summary>
    private static nint? Find(string function) =>
        OperatingSystem.IsLinux() && NativeLibrary.TryLoad("libc.so.6", out var libc) && NativeLibrary.TryGetExport(libc, function, out var export) ? export : null;
}
