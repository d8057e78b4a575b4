using System.Runtime.InteropServices;
using AspireFed.Contracts;
using AspireFed.Weights;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Optimization;

/// <summary>
/// A client's optimiser state as a safetensors file: exp_avg.&lt;parameter&gt;, exp_avg_sq.&lt;parameter&gt; and step, as torch names them.
/// </summary>
public static class OptimizerFile
{
    private const string StepName = "step", FirstPrefix = "exp_avg.", SecondPrefix = "exp_avg_sq.";

    public static void Save(AdamW optimizer, string path)
    {
        var tensors = Named(optimizer).ToList();
        var entries = tensors.Select(tensor => (tensor.Name, TensorType.F32, (IReadOnlyList<long>)tensor.Value.shape));
        var metadata = new Dictionary<string, string> { ["format"] = "pt" };
        var header = SafetensorsHeader.Create([(StepName, TensorType.I64, [1]), .. entries], metadata);
        using var writer = SafetensorsWriter.Create(path, header);
        writer.Write(StepName, MemoryMarshal.AsBytes<long>([optimizer.Steps]));
        foreach (var (name, value) in tensors)
        {
            using var scope = NewDisposeScope();
            writer.Write(name, value.cpu().bytes);
        }
        writer.Complete();
    }

    /// <exception cref="InputException">The file is damaged or belongs to another model.</exception>
    public static void Load(AdamW optimizer, string path)
    {
        try
        {
            using var file = SafetensorsFile.Open(path);
            foreach (var (name, value) in Named(optimizer)) Read(file, name, value);
            optimizer.Steps = file.Read<long>(StepName)[0];
        }
        catch (WeightsException fault)
        {
            throw new InputException(
                $"The optimiser state {path} cannot be used: {fault.Message} Delete it to start the optimiser afresh.", fault);
        }
    }

    private static void Read(SafetensorsFile file, string name, Tensor value)
    {
        var entry = file.Header.Find(name);
        if (entry is not { Type: TensorType.F32 } || !entry.Shape.SequenceEqual(value.shape))
            throw new WeightsException($"it has no tensor {name} of [{string.Join(", ", value.shape)}].");
        using var scope = NewDisposeScope();
        var host = value.device.type == DeviceType.CPU ? value : empty(value.shape);
        file.Read(entry, 0, host.bytes);
        if (!ReferenceEquals(host, value)) value.copy_(host);
    }

    internal static IEnumerable<(string Name, Tensor Value)> Named(AdamW optimizer) =>
        optimizer.Moments.SelectMany(moment => new[]
        {
            (FirstPrefix + moment.Name, moment.First), (SecondPrefix + moment.Name, moment.Second),
        });
}
