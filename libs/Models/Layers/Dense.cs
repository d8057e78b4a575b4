using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>
/// Linear map over the last dimension. Starts at zero, unlike torch's, which would draw from the global generator numbers that are
/// thrown away.
/// </summary>
internal sealed class Dense : Module<Tensor, Tensor>
{
    [ComponentName(Name = "weight")] private readonly Parameter _weight;
    [ComponentName(Name = "bias")] private readonly Parameter? _bias;

    public Dense(long from, long to, bool bias = true) : base(nameof(Dense))
    {
        register_parameter("weight", _weight = Parameter(zeros(to, from)));
        if (bias) register_parameter("bias", _bias = Parameter(zeros(to)));
    }

    public Parameter Weight => _weight;

    public override Tensor forward(Tensor input) => functional.linear(input, _weight, _bias);

    /// <summary>The same map with a bias that is made elsewhere.</summary>
    public Tensor Forward(Tensor input, Tensor bias) => functional.linear(input, _weight, bias);
}
