using AspireFed.Weights;
using static TorchSharp.torch;

namespace AspireFed.Models.Transfer;

/// <summary>A tensor that a file of weights offers, under its PyTorch name.</summary>
/// <param name="Read">Gives it as a new fp32 tensor on the processor.</param>
internal sealed record SourceTensor(string Name, TensorType Type, IReadOnlyList<long> Shape, Func<Tensor> Read)
{
    public string Describe() => $"{Type} [{string.Join(", ", Shape)}]";
}
