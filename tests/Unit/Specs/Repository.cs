namespace AspireFed.Tests.Unit.Specs;

/// <summary>Where the repository lies: the nearest folder upwards with the solution.</summary>
internal static class Repository
{
    public static string Root { get; } = Find(AppContext.BaseDirectory);

    private static string Find(string? folder)
    {
        while (folder is not null && !File.Exists(Path.Combine(folder, "AspireFed.sln"))) folder = Path.GetDirectoryName(folder);
        return folder ?? throw new DirectoryNotFoundException("These tests run from inside the repository.");
    }
}
