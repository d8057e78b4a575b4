using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>The attention of ViT and MAE: one biased projection to query, key and value.</summary>
internal sealed class PlainAttention : Attention
{
    [ComponentName(Name = "qkv")] private readonly Dense _qkv;
    [ComponentName(Name = "proj")] private readonly Dense _proj;

    public PlainAttention(int width, int heads) : base(nameof(PlainAttention), heads)
    {
        register_module("qkv", _qkv = new Dense(width, 3 * width));
        register_module("proj", _proj = new Dense(width, width));
    }

    public override Tensor Forward(Tensor input, Tensor? bias)
    {
        using var scope = NewDisposeScope();
        var (query, key, value) = Split(_qkv.forward(input));
        var mixed = functional.scaled_dot_product_attention(query, key, value, bias);
        return _proj.forward(Join(mixed)).MoveToOuterDisposeScope();
    }
}
