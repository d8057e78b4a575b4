using AspireFed.Contracts;
using AspireFed.Weights;

namespace AspireFed.Fed.Checkpoints;

/// <summary>Opens the file of weights that a person named.</summary>
internal static class InputFile
{
    /// <exception cref="InputException">There is no such file, or it cannot be read.</exception>
    public static Checkpoint Open(string name, string folder)
    {
        string path = Path.GetFullPath(name, folder);
        if (Directory.Exists(path)) throw new InputException($"{path} is a folder; give a file of weights.");
        try
        {
            return CheckpointFile.Open(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new InputException($"There is no file {path}; check the name.", e);
        }
        catch (UnauthorizedAccessException e)
        {
            throw new InputException($"The file {path} may not be read; check its permissions.", e);
        }
    }
}
