using System.Reflection;

namespace AspireFed.AppHost.Running;

/// <summary>The checkout this program was built from.</summary>
internal static class Repository
{
    public static string Root { get; } = Path.GetFullPath(Path.Combine(ProjectDirectory(), ".."));

    /// <summary>
    /// Folders with data sets beside those of the data folder: ASPIREFED_DATA, or the checkout's neighbour if there is one.
    /// </summary>
    public static IReadOnlyList<string> DataRoots()
    {
        if (Environment.GetEnvironmentVariable("ASPIREFED_DATA") is { Length: > 0 } named)
            return named.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries);
        var neighbour = Path.GetFullPath(Path.Combine(Root, "..", "shared", "data"));
        return Directory.Exists(neighbour) ? [neighbour] : [];
    }

    private static string ProjectDirectory() =>
        typeof(Repository).Assembly.GetCustomAttributes<AssemblyMetadataAttribute>()
            .Single(attribute => attribute.Key.Equals("AppHostProjectPath", StringComparison.OrdinalIgnoreCase)).Value!;
}
