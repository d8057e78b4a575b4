using AspireFed.Contracts;

namespace AspireFed.Fed.Checkpoints;

/// <summary>The file of weights that a person wants written.</summary>
/// <param name="Path">Its full path.</param>
/// <param name="Torch">Whether it is PyTorch's, by the ending of its name; else it is safetensors.</param>
internal sealed record OutputFile(string Path, bool Torch)
{
    /// <exception cref="InputException">The name says no format, or nothing can or may be written there.</exception>
    public static OutputFile Of(string name, string folder, bool force)
    {
        string path = System.IO.Path.GetFullPath(name, folder);
        bool torch = System.IO.Path.GetExtension(name).ToLowerInvariant() switch
        {
            ".pth" or ".pt" => true,
            ".safetensors" => false,
            _ => throw new InputException($"The name {name} does not say which format is meant; let it end in .safetensors, .pth or .pt."),
        };
        if (Directory.Exists(path)) throw new InputException($"{path} is a folder; give the name of a file.");
        if (File.Exists(path) && !force)
            throw new InputException($"{path} is there already; replace it with --force, or give another name.");
        if (!Directory.Exists(System.IO.Path.GetDirectoryName(path)))
            throw new InputException($"There is no folder for {path}; make it first.");
        return new OutputFile(path, torch);
    }
}
