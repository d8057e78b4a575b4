using System.Runtime.InteropServices;
using AspireFed.Aggregation;
using AspireFed.Aggregation.Rules;
using AspireFed.Tests.Unit.Weights;
using AspireFed.Weights;

namespace AspireFed.Tests.Unit.Aggregation;

/// <summary>Writes small updates and averages them, as files.</summary>
internal sealed class UpdateFiles : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<SafetensorsFile> _open = [];

    public SafetensorsFile Write(params (string Name, TensorType Type, IReadOnlyList<long> Shape, byte[] Bytes)[] tensors)
    {
        var path = _folder.File($"{_open.Count}.safetensors");
        var header = SafetensorsHeader.Create(tensors.Select(t => (t.Name, t.Type, t.Shape)), new Dictionary<string, string>());
        using (var writer = SafetensorsWriter.Create(path, header))
        {
            foreach (var tensor in tensors) writer.Write(tensor.Name, tensor.Bytes);
            writer.Complete();
        }
        return Open(path);
    }

    public SafetensorsFile Write(float[] w) => Write(("w", TensorType.F32, [w.Length], Bytes(w)));

    public string Average(params WeightedUpdate[] updates)
    {
        var path = _folder.File($"average-{Guid.NewGuid():N}.safetensors");
        using var output = SafetensorsWriter.Create(path, updates[0].File.Header);
        new UpdateAverage(new FedAvg()).Write(updates, output, TestContext.Current.CancellationToken);
        output.Complete();
        return path;
    }

    public float[] AverageOf(params (float[] Values, double Weight)[] clients) =>
        Open(Average([.. clients.Select(client => new WeightedUpdate(Write(client.Values), client.Weight))])).Read<float>("w");

    public SafetensorsFile Open(string path)
    {
        var file = SafetensorsFile.Open(path);
        _open.Add(file);
        return file;
    }

    public static byte[] Bytes<T>(params T[] values)
        where T : unmanaged => MemoryMarshal.AsBytes<T>(values).ToArray();

    public void Dispose()
    {
        _open.ForEach(file => file.Dispose());
        _folder.Dispose();
    }
}
