using AspireFed.Tests.Unit.Specs;

namespace AspireFed.Tests.Unit.Weights;

/// <summary>Numbers from the reference itself; they lie beside the repository or where ASPIREFED_PARITY says.</summary>
internal static class ParityFiles
{
    /// <summary>The folder of parity cases; skips the test where there is none.</summary>
    public static string Folder()
    {
        var folder = Environment.GetEnvironmentVariable("ASPIREFED_PARITY")
            ?? Path.GetFullPath(Path.Combine(Repository.Root, "..", "shared", "parity"));
        if (!Directory.Exists(folder)) Assert.Skip($"The parity data are not at {folder}; set ASPIREFED_PARITY.");
        return folder;
    }
}
