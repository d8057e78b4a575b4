using System.Runtime.InteropServices;

namespace AspireFed.Models.Native;

/// <summary>Writes over machine code that is loaded. Only before anyone may run it.</summary>
internal static unsafe partial class CodePatch
{
    private const int ReadWriteExecute = 7, ReadExecute = 5;

    /// <summary>False where the system forbids it; then nothing has been changed.</summary>
    public static bool TryWrite(nint address, ReadOnlySpan<byte> code)
    {
        var page = address & ~(nint)4095;
        var length = address + code.Length - page;
        if (Protect(page, length, ReadWriteExecute) != 0) return false;
        code.CopyTo(new Span<byte>((void*)address, code.Length));
        return Protect(page, length, ReadExecute) == 0;
    }

    [LibraryImport("libc", EntryPoint = "mprotect")]
    private static partial int Protect(nint address, nint length, int protection);
}
