using AspireFed.Contracts;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>A model's tensors as a safetensors file, under their PyTorch names.</summary>
public static class ModelFile
{
    /// <summary>Copies a file's tensors into the model's. Both must have the same names and shapes.</summary>
    /// <exception cref="InputException">They differ; the model is unchanged.</exception>
    public static void Load(nn.Module model, string path) => throw new NotImplementedException();

    /// <summary>Writes the model's tensors in the order of its state dict. Equal tensors and metadata give equal bytes.</summary>
    public static void Save(nn.Module model, string path, IReadOnlyDictionary<string, string> metadata) => throw new NotImplementedException();
}
