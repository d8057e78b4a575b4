using AspireFed.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models;

/// <summary>The plain vision transformer (Dosovitskiy et al. 2021) that MAE's encoder is fine-tuned as, with trained positions.</summary>
public sealed class VisionTransformer : ImageClassifier
{
    [ComponentName(Name = "cls_token")] private readonly Parameter _clsToken;
    [ComponentName(Name = "pos_embed")] private readonly Parameter _positions;
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbedding _patches;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm? _norm;
    [ComponentName(Name = "head")] private readonly Dense _head;
    [ComponentName(Name = "fc_norm")] private readonly LayerNorm? _poolNorm;

    /// <param name="dropPath">Rate of the last block; those before rise to it linearly from 0.</param>
    public VisionTransformer(ModelShape shape, int classes, double dropPath = 0, Pooling pooling = Pooling.Mean)
        : base(nameof(VisionTransformer), shape, classes)
    {
        register_parameter("cls_token", _clsToken = Parameter(zeros(1, 1, shape.Width)));
        register_parameter("pos_embed", _positions = Parameter(zeros(1, 1 + shape.Patches, shape.Width)));
        register_module("patch_embed", _patches = new PatchEmbedding(shape));
        register_module("blocks", _blocks = new([.. Enumerable.Range(0, shape.Depth).Select(block => new Block(
            shape.Width, shape.MlpRatio, new PlainAttention(shape.Width, shape.Heads),
            dropPath: DropPath.RateOf(block, shape.Depth, dropPath)))]));
        if (pooling == Pooling.ClassToken) register_module("norm", _norm = LayerNorm(shape.Width, Block.NormEpsilon));
        register_module("head", _head = new Dense(shape.Width, classes));
        if (pooling == Pooling.Mean) register_module("fc_norm", _poolNorm = LayerNorm(shape.Width, Block.NormEpsilon));
    }

    internal override Parameter HeadWeight => _head.Weight;

    public override Tensor Forward(Tensor images, Generator? dropPath = null)
    {
        using var scope = NewDisposeScope();
        return _head.forward(Features(images, dropPath)).MoveToOuterDisposeScope();
    }

    public override void Initialize(Generator generator)
    {
        Draw.Convolution(_patches.Weight, _patches.Bias, generator);
        foreach (var (name, parameter) in named_parameters())
            if (parameter.dim() is 2 or 3) Draw.Normal(parameter, 0.02, generator);
    }

    internal override Tensor Features(Tensor images, Generator? dropPath = null)
    {
        using var scope = NewDisposeScope();
        var patches = _patches.forward(images);
        var tokens = cat([_clsToken.expand(patches.shape[0], 1, Shape.Width), patches], 1) + _positions;
        foreach (var block in _blocks) tokens = block.Forward(tokens, dropPath: dropPath);
        var pooled = _poolNorm is null
            ? _norm!.forward(tokens.select(1, 0))
            : _poolNorm.forward(tokens.narrow(1, 1, Shape.Patches).mean([1]));
        return pooled.MoveToOuterDisposeScope();
    }
}
