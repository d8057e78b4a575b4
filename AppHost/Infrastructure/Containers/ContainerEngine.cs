using System.ComponentModel;
using System.Diagnostics;

namespace AspireFed.AppHost.Infrastructure.Containers;

/// <summary>A container engine that answers.</summary>
/// <param name="Name">Its command.</param>
internal sealed record ContainerEngine(string Name)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    /// <summary>The engine that ASPIRE_CONTAINER_RUNTIME names, or the first of Docker and Podman, if it answers.</summary>
    public static async Task<ContainerEngine?> FindAsync()
    {
        var wanted = Environment.GetEnvironmentVariable("ASPIRE_CONTAINER_RUNTIME");
        string[] names = string.IsNullOrEmpty(wanted) ? ["docker", "podman"] : [wanted];
        foreach (var name in names)
        {
            if (await SucceedsAsync(name, "info")) return new ContainerEngine(name);
        }
        return null;
    }

    public async Task RemoveVolumesAsync(IEnumerable<string> volumes) => await SucceedsAsync(Name, ["volume", "rm", "--force", .. volumes]);

    private static async Task<bool> SucceedsAsync(string command, params string[] arguments)
    {
        var start = new ProcessStartInfo(command, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        try
        {
            using var process = Process.Start(start)!;
            using var limit = new CancellationTokenSource(Patience);
            try
            {
                await Task.WhenAll(
                    process.StandardOutput.ReadToEndAsync(limit.Token), process.StandardError.ReadToEndAsync(limit.Token),
                    process.WaitForExitAsync(limit.Token));
                return process.ExitCode == 0;
            }
            catch (OperationCanceledException)
            {
                process.Kill(entireProcessTree: true);
                return false;
            }
        }
        catch (Win32Exception)
        {
            return false; // there is no such command
        }
    }
}
