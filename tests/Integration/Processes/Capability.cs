using System.Diagnostics;

namespace AspireFed.Tests.Integration.Processes;

/// <summary>What not every machine and user can do, for tests that are skipped without it.</summary>
internal static class Capability
{
    /// <summary>Whether a command ends well here.</summary>
    public static async Task<bool> HasAsync(string command, params string[] arguments)
    {
        using var process = Process.Start(command, arguments);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        return process.ExitCode == 0;
    }
}
