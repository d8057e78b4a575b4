namespace AspireFed.Ledger;

/// <summary>Tells a disk without room from other faults.</summary>
public static class FullDisk
{
    // errno, which .NET hands on as it is; and what Windows says.
    private const int NoSpaceLeft = 28, OverQuota = 122;
    private const int WindowsDiskFull = unchecked((int)0x80070070), WindowsHandleDiskFull = unchecked((int)0x80070027);

    // Where space cannot be claimed in advance, .NET says so in words alone.
    private const string InWords = "disk was full";

    /// <summary>Whether this fault is that of a full disk.</summary>
    public static bool Is(Exception fault) => fault is IOException
        && (fault.HResult is NoSpaceLeft or OverQuota or WindowsDiskFull or WindowsHandleDiskFull
            || fault.Message.Contains(InWords, StringComparison.Ordinal));

    /// <summary>Whether a full disk is behind the fault, under whatever name it was passed on.</summary>
    public static bool IsBehind(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (Is(cause)) return true;
        }
        return false;
    }
}
