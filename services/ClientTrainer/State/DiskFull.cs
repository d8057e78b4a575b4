namespace AspireFed.ClientTrainer.State;

/// <summary>Tells a disk without room from other faults.</summary>
public static class DiskFull
{
    // errno, which .NET hands on as it is; and what Windows says.
    private const int NoSpace = 28, OverQuota = 122, WindowsDiskFull = unchecked((int)0x80070070);

    // Where space cannot be claimed in advance, .NET says so in words alone.
    private const string InWords = "disk was full";

    /// <summary>Whether a full disk is behind the fault, under whatever name it was passed on.</summary>
    public static bool IsBehind(Exception fault)
    {
        for (var cause = fault; cause is not null; cause = cause.InnerException)
        {
            if (cause is IOException && (cause.HResult is NoSpace or OverQuota or WindowsDiskFull
                || cause.Message.Contains(InWords, StringComparison.Ordinal))) return true;
        }
        return false;
    }
}
