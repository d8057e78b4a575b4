namespace AspireFed.Tests.Parity.Recordings;

/// <summary>Where the recordings lie: beside the repository, or where ASPIREFED_PARITY says.</summary>
internal static class RecordingsFolder
{
    public static string Path { get; } =
        Environment.GetEnvironmentVariable("ASPIREFED_PARITY") is { Length: > 0 } path ? path
        : System.IO.Path.GetFullPath(System.IO.Path.Combine(Repository(), "..", "shared", "parity"));

    /// <summary>
    /// One row for each folder and JSON file there, so that none can be forgotten; one that is skipped where there is no such folder.
    /// </summary>
    public static IEnumerable<TheoryDataRow<string>> Rows()
    {
        if (!Directory.Exists(Path))
            return [new TheoryDataRow<string>("") { Skip = $"There are no recordings at {Path}: set ASPIREFED_PARITY to their folder." }];
        return Directory.EnumerateDirectories(Path).Concat(Directory.EnumerateFiles(Path, "*.json"))
            .Select(entry => System.IO.Path.GetFileName(entry)).Order(StringComparer.Ordinal)
            .Select(entry => new TheoryDataRow<string>(entry));
    }

    private static string Repository()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(System.IO.Path.Combine(folder.FullName, "AspireFed.sln"))) return folder.FullName;
        return ".";
    }
}
