using AspireFed.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models;

/// <summary>The classifier that a pre-trained BEiT is fine-tuned as.</summary>
public sealed class BeitClassifier : ImageClassifier
{
    private const double HeadScale = 0.001;

    [ComponentName(Name = "cls_token")] private readonly Parameter _clsToken;
    [ComponentName(Name = "pos_embed")] private readonly Parameter? _positions;
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbedding _patches;
    [ComponentName(Name = "rel_pos_bias")] private readonly RelativePositionBias? _relative;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm? _norm;
    [ComponentName(Name = "fc_norm")] private readonly LayerNorm? _poolNorm;
    [ComponentName(Name = "head")] private readonly Dense _head;

    public BeitClassifier(ModelShape shape, int classes, BeitOptions? options = null) : base(nameof(BeitClassifier), shape, classes)
    {
        options ??= BeitOptions.Classification;
        register_parameter("cls_token", _clsToken = Parameter(zeros(1, 1, shape.Width)));
        if (options.AbsolutePositions) register_parameter("pos_embed", _positions = Parameter(zeros(1, 1 + shape.Patches, shape.Width)));
        register_module("patch_embed", _patches = new PatchEmbedding(shape));
        if (options.RelativePositions == RelativePositions.Shared)
            register_module("rel_pos_bias", _relative = new RelativePositionBias(shape.Grid, shape.Heads));
        register_module("blocks", _blocks = BeitTokens.Blocks(shape, options));
        if (options.Pooling == Pooling.ClassToken) register_module("norm", _norm = LayerNorm(shape.Width, Block.NormEpsilon));
        else register_module("fc_norm", _poolNorm = LayerNorm(shape.Width, Block.NormEpsilon));
        register_module("head", _head = new Dense(shape.Width, classes));
    }

    internal override Parameter HeadWeight => _head.Weight;

    public override Tensor Forward(Tensor images, Generator? dropPath = null)
    {
        using var scope = NewDisposeScope();
        return _head.forward(Features(images, dropPath)).MoveToOuterDisposeScope();
    }

    internal override Tensor Features(Tensor images, Generator? dropPath = null)
    {
        using var scope = NewDisposeScope();
        var tokens = BeitTokens.Run(_patches.forward(images), _clsToken, _positions, _relative, _blocks, dropPath);
        var pooled = _poolNorm is null
            ? _norm!.forward(tokens.select(1, 0))
            : _poolNorm.forward(tokens.narrow(1, 1, Shape.Patches).mean([1]));
        return pooled.MoveToOuterDisposeScope();
    }

    public override void Initialize(Generator generator)
    {
        Draw.Convolution(_patches.Weight, _patches.Bias, generator);
        foreach (var (name, parameter) in named_parameters())
            if (parameter.dim() is 2 or 3 && !name.EndsWith("relative_position_bias_table", StringComparison.Ordinal))
                Draw.Normal(parameter, 0.02, generator);
        BeitTokens.Rescale(this);
        using var _ = no_grad();
        HeadWeight.mul_(HeadScale);
    }
}
