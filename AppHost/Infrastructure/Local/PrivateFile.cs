namespace AspireFed.AppHost.Infrastructure.Local;

/// <summary>A configuration file that only its owner can read, since it holds a secret.</summary>
internal static class PrivateFile
{
    public static string Write(string path, string content)
    {
        File.Delete(path);
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        using var writer = new StreamWriter(path, options);
        writer.Write(content);
        return path;
    }
}
