namespace AspireFed.Tests.System;

/// <summary>Files of the checkout, and of the data sets beside it.</summary>
internal static class Repository
{
    private static readonly string Root = FindRoot();

    public static string File(params ReadOnlySpan<string> names) => Path.Combine([Root, .. names]);

    /// <summary>Whether the AppHost will find this set of real images: in ASPIREFED_DATA or in the checkout's neighbour.</summary>
    public static bool HasData(string set)
    {
        var named = Environment.GetEnvironmentVariable("ASPIREFED_DATA");
        var roots = string.IsNullOrEmpty(named) ? [Path.Combine(Root, "..", "shared", "data")] : named.Split(Path.PathSeparator);
        return roots.Any(root => Directory.Exists(Path.Combine(root, set)));
    }

    private static string FindRoot()
    {
        var at = AppContext.BaseDirectory;
        while (!global::System.IO.File.Exists(Path.Combine(at, "AspireFed.sln")))
            at = Path.GetDirectoryName(at) ?? throw new InvalidOperationException("AspireFed.sln is not above the test's folder.");
        return at;
    }
}
