using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>The passage between tensors and the entries of safetensors files.</summary>
public static class StateTensors
{
    /// <summary>
    /// Parameters and buffers by name, in PyTorch's order: a module's own parameters, its own buffers, its children. TorchSharp's own
    /// state_dict has the buffers of all modules last.
    /// </summary>
    public static OrderedDictionary<string, Tensor> Of(nn.Module module)
    {
        OrderedDictionary<string, Tensor> tensors = new(StringComparer.Ordinal);
        Add(module, "");
        return tensors;

        void Add(nn.Module owner, string prefix)
        {
            foreach (var (name, parameter) in owner.named_parameters(recurse: false)) tensors.Add(prefix + name, parameter);
            foreach (var (name, buffer) in owner.named_buffers(recurse: false)) tensors.Add(prefix + name, buffer);
            foreach (var (name, child) in owner.named_children()) Add(child, $"{prefix}{name}.");
        }
    }

    /// <summary>Writes tensors in the order given, but wider types first. Equal tensors and metadata give equal bytes.</summary>
    /// <exception cref="IOException">The file cannot be made or the disk is full.</exception>
    public static void Save(
        IEnumerable<KeyValuePair<string, Tensor>> tensors, string path, IReadOnlyDictionary<string, string> metadata)
    {
        var named = tensors.ToList();
        var entries = named.Select(tensor => (tensor.Key, TypeOf(tensor.Value), (IReadOnlyList<long>)tensor.Value.shape));
        using var writer = SafetensorsWriter.Create(path, SafetensorsHeader.Create(entries, metadata));
        foreach (var (name, tensor) in named)
        {
            using var scope = NewDisposeScope();
            writer.Write(name, tensor.detach().cpu().contiguous().bytes);
        }
        writer.Complete();
    }

    public static TensorType TypeOf(Tensor tensor) => tensor.dtype switch
    {
        ScalarType.Float32 => TensorType.F32,
        ScalarType.Float64 => TensorType.F64,
        ScalarType.Float16 => TensorType.F16,
        ScalarType.BFloat16 => TensorType.BF16,
        ScalarType.Int64 => TensorType.I64,
        ScalarType.Int32 => TensorType.I32,
        ScalarType.Byte => TensorType.U8,
        ScalarType.Bool => TensorType.BOOL,
        _ => throw new NotSupportedException($"Tensors of {tensor.dtype} are not stored."),
    };

    public static bool Fits(TensorEntry entry, Tensor tensor) => entry.Type == TypeOf(tensor) && entry.Shape.SequenceEqual(tensor.shape);

    public static string Describe(Tensor tensor) => $"{TypeOf(tensor)} [{string.Join(", ", tensor.shape)}]";

    /// <summary>Fills a tensor of the entry's type and shape, straight into its memory where it has any on this side.</summary>
    public static void Read(SafetensorsFile file, TensorEntry entry, Tensor destination)
    {
        if (destination.device_type == TorchSharp.DeviceType.CPU && destination.is_contiguous())
        {
            file.Read(entry, 0, destination.bytes);
            return;
        }
        using var _ = no_grad();
        using var copy = empty_like(destination, device: CPU).contiguous();
        file.Read(entry, 0, copy.bytes);
        destination.copy_(copy);
    }
}
