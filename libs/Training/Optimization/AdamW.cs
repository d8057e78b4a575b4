using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Optimization;

/// <summary>
/// Adam with decoupled weight decay (Loshchilov and Hutter, 2019) over groups with their own decay and rate. One call into libtorch a
/// group, since a small model has more parameters than arithmetic. Its moments belong to a client and can be saved and read back.
/// </summary>
public sealed class AdamW : IDisposable
{
    private const double Epsilon = 1e-8;

    private readonly double _beta1, _beta2;
    private readonly Slice[] _slices;
    private readonly Tensor _stepTensor;
    private long _step;

    private sealed record Slice(ParameterGroup Group, Tensor[] Values, Tensor[] First, Tensor[] Second, Tensor[] Steps);

    public AdamW(IReadOnlyList<ParameterGroup> groups, double beta1, double beta2)
    {
        (_beta1, _beta2) = (beta1, beta2);
        _stepTensor = zeros(1, device: groups[0].Parameters[0].Value.device).DetachFromDisposeScope();
        _slices = [.. groups.Select(group =>
        {
            Tensor[] values = [.. group.Parameters.Select(parameter => parameter.Value)];
            return new Slice(group, values, Zeros(values), Zeros(values), [.. values.Select(_ => _stepTensor)]);
        })];
    }

    /// <summary>Steps made so far, by all rounds of the client together.</summary>
    public long Steps
    {
        get => _step;
        set
        {
            _step = value;
            using var steps = tensor(new[] { (float)value });
            _stepTensor.copy_(steps);
        }
    }

    /// <summary>The moments by parameter name; writing into the tensors sets them.</summary>
    public IEnumerable<(string Name, Tensor First, Tensor Second)> Moments =>
        _slices.SelectMany(slice => slice.Group.Parameters.Select((parameter, i) => (parameter.Name, slice.First[i], slice.Second[i])));

    /// <summary>Forgets all steps.</summary>
    public void Reset()
    {
        foreach (var (_, first, second) in Moments) (_, _) = (first.zero_(), second.zero_());
        Steps = 0;
    }

    /// <summary>Scales the gradients down to this norm where they exceed it; 0 only measures.</summary>
    /// <returns>Their norm before.</returns>
    public double ClipGradients(double maxNorm)
    {
        using var scope = NewDisposeScope();
        return FusedKernels.Clip([.. _slices.SelectMany(slice => Gradients(slice.Values))], maxNorm).ToNumber();
    }

    /// <summary>Moves the parameters along their gradients.</summary>
    /// <param name="learningRate">Of the schedule, before the groups' factors.</param>
    public void Step(double learningRate)
    {
        using var scope = NewDisposeScope();
        Steps++;
        foreach (var slice in _slices)
            FusedKernels.AdamW(
                slice.Values, Gradients(slice.Values), slice.First, slice.Second, slice.Steps,
                learningRate * slice.Group.LearningRateScale, _beta1, _beta2, slice.Group.WeightDecay, Epsilon);
    }

    /// <summary>Sets the gradients to zero, keeping their memory.</summary>
    public void ZeroGradients()
    {
        using var scope = NewDisposeScope();
        FusedKernels.Zero([.. _slices.SelectMany(slice => slice.Values).Select(value => value.grad).OfType<Tensor>()]);
    }

    public void Dispose()
    {
        foreach (var (_, first, second) in Moments)
        {
            first.Dispose();
            second.Dispose();
        }
        _stepTensor.Dispose();
    }

    private static Tensor[] Zeros(Tensor[] like) =>
        [.. like.Select(value => zeros_like(value, requires_grad: false).DetachFromDisposeScope())];

    private static Tensor[] Gradients(Tensor[] values) =>
        [.. values.Select(value => value.grad ?? throw new InvalidOperationException("A parameter has no gradient yet."))];
}
