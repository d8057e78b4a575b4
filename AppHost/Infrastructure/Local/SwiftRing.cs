using System.Diagnostics;

namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>
/// Tells Swift on which port and device its data lie. Built anew in every run, for the ports change; with a single device the data
/// stay where they are.
/// </summary>
internal static class SwiftRing
{
    public static void Build(string folder, string kind, int port)
    {
        // In a folder that goes away with the builder's backups; only the ring itself is read later.
        var work = Path.Combine(folder, $"ring-{kind}");
        if (Directory.Exists(work)) Directory.Delete(work, recursive: true);
        Directory.CreateDirectory(work);
        var builder = Path.Combine(work, $"{kind}.builder");
        Run(builder, "create", "8", "1", "0");
        Run(builder, "add", $"r1z1-127.0.0.1:{port}/d1", "1");
        Run(builder, "rebalance");
        File.Move(Path.Combine(work, $"{kind}.ring.gz"), Path.Combine(folder, $"{kind}.ring.gz"), overwrite: true);
        Directory.Delete(work, recursive: true);
    }

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo(LocalCommands.SwiftRingBuilder, arguments)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        // 1 is a warning, such as that one device is no cluster.
        if (process.ExitCode > 1)
        {
            throw new InvalidOperationException(
                $"{LocalCommands.SwiftRingBuilder} {string.Join(' ', arguments)} failed: {output}{errors.Result}");
        }
    }
}
