using System.Runtime.InteropServices;
using AspireFed.Weights;

namespace AspireFed.Benchmarks.Aggregation;

/// <summary>Distinct updates on disk: the same files again and again would be read from a cache that real updates do not find.</summary>
internal sealed class UpdateSet : IDisposable
{
    // The large tensors of a vision transformer are of this order.
    private const int TensorElements = 1024 * 1024;

    public UpdateSet(string parent)
    {
        Folder = Path.Combine(parent, $"aspirefed-bench-{Guid.NewGuid():N}");
        Directory.CreateDirectory(Folder);
    }

    public string Folder { get; }

    public List<string> Files { get; } = [];

    public void Write(int clients, int millions, CancellationToken cancel)
    {
        var header = SafetensorsHeader.Create(
            Enumerable.Range(0, millions)
                .Select(i => ($"blocks.{i}.weight", TensorType.F32, (IReadOnlyList<long>)[1024, TensorElements / 1024])),
            new Dictionary<string, string>());
        var values = new float[TensorElements];
        for (var client = 0; client < clients; client++)
        {
            cancel.ThrowIfCancellationRequested();
            var random = new Random(client);
            var file = Path.Combine(Folder, $"{client:D3}.safetensors");
            using var writer = SafetensorsWriter.Create(file, header);
            for (var i = 0; i < values.Length; i++) values[i] = random.NextSingle() - 0.5f;
            foreach (var tensor in header.Tensors)
            {
                values[random.Next(values.Length)] += 1; // no two tensors are equal
                writer.Write(tensor, 0, MemoryMarshal.AsBytes(values.AsSpan()));
            }
            writer.Complete();
            Files.Add(file);
        }
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
