using System.Diagnostics;

namespace AspireFed.Tests.Unit.Weights.Torch;

/// <summary>A real PyTorch, where the machine has one.</summary>
internal static class PyTorch
{
    private static readonly Lazy<string?> Python = new(() => Array.Find(["/usr/bin/python3", "python3"], Works));

    /// <summary>Runs a script that has torch, and fails the test with what it said if it fails; skips the test without PyTorch.</summary>
    public static void Run(string script, params string[] args)
    {
        if (Python.Value is not { } python)
        {
            Assert.Skip("Neither /usr/bin/python3 nor python3 has PyTorch; install it to compare with it.");
            return;
        }
        var (code, output) = Start(python, ["-c", script, .. args]);
        Assert.True(code == 0, output);
    }

    private static bool Works(string python)
    {
        try
        {
            return Start(python, ["-c", "import torch"]).Code == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false;
        }
    }

    private static (int Code, string Output) Start(string python, string[] args)
    {
        var start = new ProcessStartInfo(python, args) { RedirectStandardError = true, RedirectStandardOutput = true };
        start.Environment["OMP_NUM_THREADS"] = "1";
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output.Result + error);
    }
}
