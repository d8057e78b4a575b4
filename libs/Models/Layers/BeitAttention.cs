using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>BEiT's attention: biases for query and value but none for the key, and relative positions.</summary>
internal sealed class BeitAttention : Attention
{
    [ComponentName(Name = "q_bias")] private readonly Parameter _queryBias;
    [ComponentName(Name = "v_bias")] private readonly Parameter _valueBias;
    [ComponentName(Name = "relative_position_bias_table")] private readonly Parameter? _table;
    [ComponentName(Name = "relative_position_index")] private readonly Tensor? _index;
    [ComponentName(Name = "qkv")] private readonly Dense _qkv;
    [ComponentName(Name = "proj")] private readonly Dense _proj;
    private readonly double _scale;

    public BeitAttention(ModelShape shape, bool ownTable) : base(nameof(BeitAttention), shape.Heads)
    {
        _scale = 1 / Math.Sqrt(shape.Width / shape.Heads);
        register_parameter("q_bias", _queryBias = Parameter(zeros(shape.Width)));
        register_parameter("v_bias", _valueBias = Parameter(zeros(shape.Width)));
        if (ownTable)
        {
            register_parameter(
                "relative_position_bias_table", _table = Parameter(zeros(RelativePositionBias.Rows(shape.Grid), shape.Heads)));
            register_buffer("relative_position_index", _index = RelativePositionBias.Index(shape.Grid));
        }
        register_module("qkv", _qkv = new Dense(shape.Width, 3 * shape.Width, bias: false));
        register_module("proj", _proj = new Dense(shape.Width, shape.Width));
    }

    public override Tensor Forward(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Split(_qkv.Forward(input, cat([_queryBias, zeros_like(_valueBias), _valueBias])));
        // Not torch's fused attention: it falls back to a slower path where the bias needs a gradient.
        var logits = matmul(query * _scale, key.transpose(-2, -1));
        if (_table is not null) logits.add_(RelativePositionBias.Look(_table, _index!));
        if (bias is not null) logits.add_(bias);
        return _proj.forward(Join(matmul(logits.softmax(-1), value))).MoveToOuterDisposeScope();
    }
}
