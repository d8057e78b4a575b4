using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>A pre-norm transformer block, with BEiT's layer scale where it is asked for (Touvron et al. 2021, CaiT).</summary>
internal sealed class Block : Module
{
    public const double NormEpsilon = 1e-6;

    [ComponentName(Name = "gamma_1")] private readonly Parameter? _gamma1;
    [ComponentName(Name = "gamma_2")] private readonly Parameter? _gamma2;
    [ComponentName(Name = "norm1")] private readonly LayerNorm _norm1;
    [ComponentName(Name = "attn")] private readonly Attention _attn;
    [ComponentName(Name = "norm2")] private readonly LayerNorm _norm2;
    [ComponentName(Name = "mlp")] private readonly Perceptron _mlp;
    private readonly double _dropPath;

    public Block(int width, int mlpRatio, Attention attention, double layerScale = 0, double dropPath = 0) : base(nameof(Block))
    {
        _dropPath = dropPath;
        if (layerScale > 0)
        {
            register_parameter("gamma_1", _gamma1 = Parameter(full(width, layerScale)));
            register_parameter("gamma_2", _gamma2 = Parameter(full(width, layerScale)));
        }
        register_module("norm1", _norm1 = LayerNorm(width, NormEpsilon));
        register_module("attn", _attn = attention);
        register_module("norm2", _norm2 = LayerNorm(width, NormEpsilon));
        register_module("mlp", _mlp = new Perceptron(width, width * mlpRatio));
    }

    /// <param name="bias">See <see cref="Attention.Forward"/>.</param>
    /// <param name="dropPath">Needed in training where the block drops paths.</param>
    public Tensor Forward(Tensor input, Tensor? bias = null, Generator? dropPath = null)
    {
        using var scope = NewDisposeScope();
        var attended = Join(input, _attn.Forward(_norm1.forward(input), bias), _gamma1, dropPath);
        return Join(attended, _mlp.forward(_norm2.forward(attended)), _gamma2, dropPath).MoveToOuterDisposeScope();
    }

    private Tensor Join(Tensor input, Tensor branch, Parameter? scale, Generator? dropPath)
    {
        if (scale is not null) branch = branch * scale;
        if (training && _dropPath > 0)
        {
            if (dropPath is null) throw new ArgumentNullException(nameof(dropPath), "Training with drop path needs a generator.");
            branch = branch * DropPath.Draw(input, _dropPath, dropPath);
        }
        return input + branch;
    }
}
