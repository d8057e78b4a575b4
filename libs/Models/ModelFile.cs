using AspireFed.Contracts;
using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>A model's tensors as a safetensors file, under their PyTorch names.</summary>
public static class ModelFile
{
    private const int DifferencesShown = 3;

    /// <summary>Copies a file's tensors into the model's. Both must have the same names, types and shapes.</summary>
    /// <exception cref="InputException">They differ, and the model is unchanged; or the file is no safetensors file.</exception>
    public static void Load(nn.Module model, string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            var tensors = StateTensors.Of(model);
            if (Differences(file.Header, tensors) is [_, ..] differences)
                throw new InputException($"The weights file {path} does not fit this {model.GetName()}: {Enumerate(differences)}.");
            foreach (var entry in file.Header.Tensors)
                StateTensors.Read(file, entry, tensors[entry.Name]);
        }
        catch (Exception fault) when (fault is WeightsException or IOException)
        {
            throw new InputException(fault.Message, fault);
        }
    }

    /// <summary>
    /// Writes the model's tensors in the order of a PyTorch state dict, but wider types first. Equal tensors and metadata give equal bytes.
    /// </summary>
    /// <exception cref="IOException">The file cannot be made or the disk is full.</exception>
    public static void Save(nn.Module model, string path, IReadOnlyDictionary<string, string> metadata) =>
        StateTensors.Save(StateTensors.Of(model), path, metadata);

    private static List<string> Differences(SafetensorsHeader header, OrderedDictionary<string, Tensor> tensors)
    {
        List<string> differences = [];
        foreach (var (name, tensor) in tensors)
        {
            if (header.Find(name) is not { } entry) differences.Add($"it lacks {name}");
            else if (!StateTensors.Fits(entry, tensor))
                differences.Add($"its {name} is {entry.Describe()} and not {StateTensors.Describe(tensor)}");
        }
        var unknown = header.Tensors.Where(entry => !tensors.ContainsKey(entry.Name));
        differences.AddRange(unknown.Select(entry => $"its {entry.Name} is unknown"));
        return differences;
    }

    private static string Enumerate(List<string> differences) =>
        string.Join(", ", differences.Take(DifferencesShown))
        + (differences.Count > DifferencesShown ? $", and {differences.Count - DifferencesShown} more differences" : "");
}
