using System.Runtime.InteropServices;
using AspireFed.Aggregation;
using AspireFed.Aggregation.Rules;
using AspireFed.Weights;

namespace AspireFed.Benchmarks.Aggregation;

/// <summary>Each way of averaging, from files to a file.</summary>
internal static class Averaging
{
    public static void Run(Way way, IReadOnlyList<string> files, string output)
    {
        var updates = files.Select((file, i) => new WeightedUpdate(SafetensorsFile.Open(file), 100 + i)).ToList();
        try
        {
            switch (way)
            {
                case Way.Read: Read(updates); break;
                case Way.Blocks: Blocks(updates, output); break;
                case Way.Plain: Plain(updates, output); break;
                default: throw new ArgumentOutOfRangeException(nameof(way));
            }
        }
        finally
        {
            updates.ForEach(update => update.File.Dispose());
        }
    }

    /// <summary>The ceiling: the same reads on the same number of processors.</summary>
    private static void Read(List<WeightedUpdate> updates) =>
        Parallel.ForEach(
            updates[0].File.Header.Tensors,
            new ParallelOptions { MaxDegreeOfParallelism = Environment.ProcessorCount },
            () => new byte[128 * 1024],
            (tensor, _, block) =>
            {
                for (long offset = 0; offset < tensor.Length; offset += block.Length)
                {
                    foreach (var update in updates)
                        update.File.Read(tensor, offset, block.AsSpan(0, (int)Math.Min(block.Length, tensor.Length - offset)));
                }
                return block;
            },
            _ => { });

    private static void Blocks(List<WeightedUpdate> updates, string output)
    {
        using var writer = SafetensorsWriter.Create(output, updates[0].File.Header);
        new UpdateAverage(new FedAvg()).Write(updates, writer, CancellationToken.None);
        writer.Complete();
    }

    private static void Plain(List<WeightedUpdate> updates, string output)
    {
        var models = updates.ConvertAll(update =>
            update.File.Header.Tensors.ToDictionary(tensor => tensor.Name, tensor => update.File.Read<float>(tensor.Name)));
        var total = updates.Sum(update => update.Weight);
        using var writer = SafetensorsWriter.Create(output, updates[0].File.Header);
        foreach (var tensor in writer.Header.Tensors)
        {
            var average = new float[tensor.Count];
            for (var client = 0; client < models.Count; client++)
            {
                var weight = (float)(updates[client].Weight / total);
                var values = models[client][tensor.Name];
                for (var i = 0; i < average.Length; i++) average[i] += values[i] * weight;
            }
            writer.Write(tensor.Name, MemoryMarshal.AsBytes(average.AsSpan()));
        }
        writer.Complete();
    }
}
