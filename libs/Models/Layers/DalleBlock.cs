using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>A residual block of DALL-E's autoencoder (Ramesh et al. 2021, appendix A.1): four convolutions, each after a ReLU.</summary>
internal sealed class DalleBlock : Module<Tensor, Tensor>
{
    // A quarter of the channels inside.
    private const int Bottleneck = 4;

    [ComponentName(Name = "id_path")] private readonly DalleConvolution? _identity;
    [ComponentName(Name = "res_path")] private readonly Sequential _residual;
    private readonly double _gain;

    /// <param name="kernels">Of the four convolutions.</param>
    /// <param name="gain">Factor of the residual branch.</param>
    public DalleBlock(int from, int to, IReadOnlyList<int> kernels, double gain) : base(nameof(DalleBlock))
    {
        _gain = gain;
        var inside = to / Bottleneck;
        if (from != to) register_module("id_path", _identity = new DalleConvolution(from, to, 1));
        register_module("res_path", _residual = Sequential(kernels.SelectMany((kernel, i) => new (string, Module<Tensor, Tensor>)[]
        {
            ($"relu_{i + 1}", ReLU()),
            ($"conv_{i + 1}", new DalleConvolution(i == 0 ? from : inside, i == kernels.Count - 1 ? to : inside, kernel)),
        })));
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        var identity = _identity is null ? input : _identity.forward(input);
        return (identity + (_residual.forward(input) * _gain)).MoveToOuterDisposeScope();
    }
}
