namespace AspireFed.Ledger;

/// <summary>Knows the fault of a disk without room.</summary>
public static class FullDisk
{
    // .NET gives Linux' errno as it is, and Windows' codes as HRESULTs.
    private const int NoSpaceLeft = 28, DiskFull = unchecked((int)0x80070070), HandleDiskFull = unchecked((int)0x80070027);

    public static bool Is(Exception fault) => fault is IOException { HResult: NoSpaceLeft or DiskFull or HandleDiskFull };
}
