using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Optimization;

/// <summary>
/// FedProx's term mu / 2 * |w - w0|^2 (Li et al. 2020), which holds a client near the round's global weights w0. Added to the gradients.
/// </summary>
public sealed class ProximalTerm : IDisposable
{
    private readonly double _mu;
    private readonly IReadOnlyList<(Tensor Value, Tensor Start)> _pairs;

    /// <param name="parameters">Those that are trained.</param>
    public ProximalTerm(IEnumerable<Tensor> parameters, double mu)
    {
        _mu = mu;
        _pairs = [.. parameters.Select(value => (value, zeros_like(value, requires_grad: false).DetachFromDisposeScope()))];
    }

    /// <summary>Takes the parameters as they are now for the round's start.</summary>
    public void Start()
    {
        using var _ = no_grad();
        foreach (var (value, start) in _pairs) start.copy_(value);
    }

    public void AddToGradients()
    {
        using var _ = no_grad();
        using Scalar mu = _mu.ToScalar();
        foreach (var (value, start) in _pairs)
        {
            using var distance = value - start;
            value.grad!.add_(distance, mu);
        }
    }

    public void Dispose()
    {
        foreach (var (_, start) in _pairs) start.Dispose();
    }
}
