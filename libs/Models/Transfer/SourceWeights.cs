using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Models.Transfer;

/// <summary>
/// The weights of an earlier model in a file of any format, under the names that they have in PyTorch: a state dict that lies under a key
/// such as `model` or `module` is taken from there, and vision transformers that were published with JAX get PyTorch's names and layouts.
/// </summary>
internal sealed class SourceWeights : IDisposable
{
    private readonly Checkpoint _file;
    private readonly Dictionary<string, SourceTensor> _byName;

    private SourceWeights(Checkpoint file, IReadOnlyList<SourceTensor> tensors)
    {
        (_file, Tensors) = (file, tensors);
        _byName = tensors.DistinctBy(tensor => tensor.Name).ToDictionary(tensor => tensor.Name, StringComparer.Ordinal);
    }

    public string Path => _file.Path;

    public IReadOnlyList<SourceTensor> Tensors { get; }

    /// <param name="expected">Names of the model that will take the weights: they tell under which key a state dict lies.</param>
    /// <exception cref="WeightsException">The file is of no known format or is damaged.</exception>
    public static SourceWeights Open(string path, IReadOnlyCollection<string> expected)
    {
        var file = CheckpointFile.Open(path);
        try
        {
            if (JaxVisionTransformer.IsIn(file)) return new SourceWeights(file, JaxVisionTransformer.Tensors(file));
            var key = KeyOf(file, expected);
            return new SourceWeights(file, [.. file.Tensors.Where(tensor => tensor.Name.StartsWith(key, StringComparison.Ordinal))
                .Select(tensor => new SourceTensor(tensor.Name[key.Length..], tensor.Type, tensor.Shape, () => Read(file, tensor)))]);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    public SourceTensor? Find(string name) => _byName.GetValueOrDefault(name);

    public void Dispose() => _file.Dispose();

    /// <summary>A new fp32 tensor on the processor from one of any floating type.</summary>
    internal static Tensor Read(Checkpoint file, CheckpointTensor tensor)
    {
        using var scope = NewDisposeScope();
        var stored = empty([.. tensor.Shape], tensor.Type switch
        {
            TensorType.F32 => ScalarType.Float32,
            TensorType.F64 => ScalarType.Float64,
            TensorType.F16 => ScalarType.Float16,
            TensorType.BF16 => ScalarType.BFloat16,
            _ => throw new WeightsException(
                $"The tensor {tensor.Name} of {file.Path} is {tensor.Type} [{string.Join(", ", tensor.Shape)}] and not of floating numbers."),
        });
        var written = 0L;
        foreach (var chunk in file.Chunks(tensor))
        {
            chunk.Span.CopyTo(stored.bytes[(int)written..]);
            written += chunk.Length;
        }
        return stored.to(ScalarType.Float32).MoveToOuterDisposeScope();
    }

    /// <summary>The beginning of the names under which the model's own are found most often: empty, or a key with its dot.</summary>
    private static string KeyOf(Checkpoint file, IReadOnlyCollection<string> expected)
    {
        var found = new Dictionary<string, int>(StringComparer.Ordinal) { [""] = 0 };
        foreach (var tensor in file.Tensors)
        {
            for (var at = 0; at >= 0; at = tensor.Name.IndexOf('.', at) is >= 0 and var dot ? dot + 1 : -1)
            {
                if (!expected.Contains(tensor.Name[at..])) continue;
                var key = tensor.Name[..at];
                found[key] = found.GetValueOrDefault(key) + 1;
            }
        }
        return found.OrderByDescending(key => key.Value).ThenBy(key => key.Key.Length).First().Key;
    }
}
