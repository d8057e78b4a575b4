using AspireFed.Aggregation;
using AspireFed.Aggregation.Rules;
using AspireFed.Models;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Federated;

/// <summary>Clients' weights as files, and their average as the aggregator makes it.</summary>
internal sealed class Updates : IDisposable
{
    private static readonly Dictionary<string, string> NoMetadata = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("parity").FullName;
    private int _files;

    public string Save(nn.Module model)
    {
        var path = NextPath();
        ModelFile.Save(model, path, NoMetadata);
        return path;
    }

    public string Save(IReadOnlyList<(string Name, Tensor Value)> tensors)
    {
        var path = NextPath();
        var entries = tensors.Select(tensor => (tensor.Name, StateTensors.TypeOf(tensor.Value), (IReadOnlyList<long>)tensor.Value.shape));
        using var writer = SafetensorsWriter.Create(path, SafetensorsHeader.Create(entries, NoMetadata));
        foreach (var (name, value) in tensors) writer.Write(name, value.contiguous().bytes);
        writer.Complete();
        return path;
    }

    public string Average(IEnumerable<(string Path, double Weight)> updates)
    {
        var path = NextPath();
        var weighted = updates.Select(update => new WeightedUpdate(SafetensorsFile.Open(update.Path), update.Weight)).ToList();
        using (var output = SafetensorsWriter.Create(path, weighted[0].File.Header))
        {
            new UpdateAverage(new FedAvg()).Write(weighted, output, TestContext.Current.CancellationToken);
            output.Complete();
        }
        weighted.ForEach(update => update.File.Dispose());
        return path;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string NextPath() => Path.Combine(_folder, $"{_files++}.safetensors");
}
