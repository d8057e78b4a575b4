using System.Runtime.InteropServices;

namespace AspireFed.Ledger.Faults;

/// <summary>
/// Ends or stops this process at a <see cref="FaultPoint"/> that a test has armed. Off unless the environment names a file in
/// <see cref="Variable"/>; the file's one line, such as `GlobalWritten kill`, arms one point, and is moved away as it strikes.
/// </summary>
public static class FaultHook
{
    public const string Variable = "ASPIREFED_FAULTS";

    /// <summary>What is added to the file's name when its fault has struck.</summary>
    public const string Struck = ".struck";

    private static readonly string? File = Environment.GetEnvironmentVariable(Variable);

    /// <summary>Does nothing, but where a test wants the process to end or to stop here.</summary>
    public static void Reach(FaultPoint point)
    {
        if (File is not null && Armed(point) is { } action) Strike(File, action);
    }

    /// <summary>The content, or where the point is armed one that reaches it half way.</summary>
    internal static Stream Halfway(FaultPoint point, Stream content) =>
        File is not null && Armed(point) is not null ? new HalfwayStream(content, () => Reach(point)) : content;

    private static FaultAction? Armed(FaultPoint point)
    {
        try
        {
            var words = System.IO.File.ReadAllText(File!).Split(' ', StringSplitOptions.TrimEntries);
            return words is [var name, var action] && Enum.Parse<FaultPoint>(name) == point ? Enum.Parse<FaultAction>(action, ignoreCase: true) : null;
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    private static void Strike(string file, FaultAction action)
    {
        try
        {
            System.IO.File.Move(file, file + Struck, overwrite: true);
        }
        catch (FileNotFoundException)
        {
            return; // it was disarmed in this moment
        }
        _ = Signal(Environment.ProcessId, (int)action);
        // The signal may take a moment; this thread must not go on meanwhile.
        if (action == FaultAction.Kill) Thread.Sleep(Timeout.Infinite);
    }

    [DllImport("libc", EntryPoint = "kill")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Signal(int process, int signal);
}
