using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace AspireFed.Tests.Integration.Processes;

/// <summary>A service as a process of its own, as it is built, which a test can kill at any moment and start again.</summary>
/// <param name="before">What the command is put behind, such as a program that gives it a disk of its own.</param>
internal sealed class ServiceProcess(
    string project, IReadOnlyDictionary<string, string> environment, params IReadOnlyList<string> before) : IAsyncDisposable
{
    // Only ends a test that would hang; nothing is measured by it.
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(5);

    private readonly ConcurrentQueue<string> _output = [];
    private readonly Channel<string> _lines = Channel.CreateUnbounded<string>();
    private Process? _process;

    public int Id => _process?.Id ?? throw new InvalidOperationException($"{project} does not run.");

    /// <summary>A port that nobody listens on.</summary>
    public static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    public void Start()
    {
        string[] command = [.. before, "dotnet", Program()];
        var start = new ProcessStartInfo(command[0], command[1..])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        _process = Process.Start(start) ?? throw new InvalidOperationException($"{project} does not start.");
        _process.OutputDataReceived += (_, line) => Hear(line.Data ?? "");
        _process.ErrorDataReceived += (_, line) => Hear(line.Data ?? "");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    /// <summary>Returns when the process has ended by itself, or by another's hand.</summary>
    public Task WaitForExitAsync(CancellationToken cancel) => Running.WaitForExitAsync(cancel);

    /// <summary>Sends a signal such as STOP or CONT.</summary>
    public async Task SignalAsync(string signal)
    {
        using var kill = Process.Start("kill", [$"-{signal}", Id.ToString(CultureInfo.InvariantCulture)]);
        await kill.WaitForExitAsync(CancellationToken.None);
    }

    private Process Running => _process ?? throw new InvalidOperationException($"{project} does not run.");

    /// <summary>The next line of its output with all of these words, which may still be to come; the lines before it are gone.</summary>
    public async Task<string> SaysAsync(params string[] words)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        patience.CancelAfter(Patience);
        while (true)
        {
            var line = await _lines.Reader.ReadAsync(patience.Token);
            if (words.All(word => line.Contains(word, StringComparison.Ordinal))) return line;
        }
    }

    /// <summary>Ends the process as a crash does.</summary>
    public async Task KillAsync()
    {
        if (_process is null) return;
        if (!_process.HasExited) _process.Kill(entireProcessTree: true);
        await _process.WaitForExitAsync(CancellationToken.None);
        _process.Dispose();
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        foreach (var line in _output)
            TestContext.Current.TestOutputHelper?.WriteLine($"{project}: {line}");
    }

    private void Hear(string line)
    {
        _output.Enqueue(line);
        _lines.Writer.TryWrite(line);
    }

    // The test's own folder is artifacts/bin/Integration/<flavour>; a service that runs torch has the platform in its flavour.
    private string Program()
    {
        var own = new DirectoryInfo(AppContext.BaseDirectory);
        var flavours = Path.Combine(own.Parent!.Parent!.FullName, project);
        return Directory.GetDirectories(flavours, $"{own.Name.Split('_')[0]}*")
            .Select(flavour => Path.Combine(flavour, $"AspireFed.{project}.dll"))
            .Where(File.Exists)
            .MaxBy(File.GetLastWriteTimeUtc)
            ?? throw new FileNotFoundException($"{project} has not been built: there is none under {flavours}.");
    }
}
