namespace AspireFed.ClientTrainer.State;

/// <summary>Puts files in place whole or not at all, also when the process or the machine dies meanwhile.</summary>
internal static class DurableFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        var part = $"{path}.part";
        using (var file = new FileStream(part, FileMode.Create, FileAccess.Write, FileShare.None))
        {
            file.Write(content);
            file.Flush(flushToDisk: true);
        }
        File.Move(part, path, overwrite: true);
    }

    /// <summary>Moves a finished file from elsewhere on the same disk to its place.</summary>
    public static void Place(string finished, string path)
    {
        Flush(finished);
        File.Move(finished, path, overwrite: true);
    }

    /// <summary>Brings a file's content to the disk. Where there is no room the content is lost: write it again, not only this.</summary>
    public static void Flush(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.Read);
        file.Flush(flushToDisk: true);
    }
}
