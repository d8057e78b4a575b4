using AspireFed.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models;

/// <summary>BEiT's masked image modelling (Bao et al. 2022): predicts the visual tokens of the patches that are hidden.</summary>
public sealed class BeitPretraining : VisionModel
{
    [ComponentName(Name = "cls_token")] private readonly Parameter _clsToken;
    [ComponentName(Name = "mask_token")] private readonly Parameter _maskToken;
    [ComponentName(Name = "pos_embed")] private readonly Parameter? _positions;
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbedding _patches;
    [ComponentName(Name = "rel_pos_bias")] private readonly RelativePositionBias? _relative;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "lm_head")] private readonly Dense _head;

    public BeitPretraining(ModelShape shape, int vocabulary, BeitOptions? options = null) : base(nameof(BeitPretraining), shape)
    {
        options ??= BeitOptions.Pretraining;
        Vocabulary = vocabulary;
        register_parameter("cls_token", _clsToken = Parameter(zeros(1, 1, shape.Width)));
        register_parameter("mask_token", _maskToken = Parameter(zeros(1, 1, shape.Width)));
        if (options.AbsolutePositions) register_parameter("pos_embed", _positions = Parameter(zeros(1, 1 + shape.Patches, shape.Width)));
        register_module("patch_embed", _patches = new PatchEmbedding(shape));
        if (options.RelativePositions == RelativePositions.Shared)
            register_module("rel_pos_bias", _relative = new RelativePositionBias(shape.Grid, shape.Heads));
        register_module("blocks", _blocks = BeitTokens.Blocks(shape, options));
        register_module("norm", _norm = LayerNorm(shape.Width, Block.NormEpsilon));
        register_module("lm_head", _head = new Dense(shape.Width, vocabulary));
    }

    public int Vocabulary { get; }

    /// <param name="images">[B, 3, H, W], normalised.</param>
    /// <param name="mask">[B, L] of bool: true hides a patch.</param>
    /// <param name="dropPath">A generator on the processor; needed in training where the model drops paths.</param>
    /// <returns>Logits at the hidden places, image by image and row by row, [hidden, vocabulary].</returns>
    public Tensor Forward(Tensor images, Tensor mask, Generator? dropPath = null)
    {
        using var scope = NewDisposeScope();
        var tokens = Tokens(images, mask, dropPath);
        var hidden = tokens.narrow(1, 1, Shape.Patches).flatten(0, 1).index_select(0, mask.flatten().nonzero().squeeze(1));
        return _head.forward(_norm.forward(hidden)).MoveToOuterDisposeScope();
    }

    public override void Initialize(Generator generator)
    {
        foreach (var (name, parameter) in named_parameters())
            if (parameter.dim() > 1 && !name.EndsWith("relative_position_bias_table", StringComparison.Ordinal))
                Draw.NormalCutAtOneDeviation(parameter, 0.02, generator);
        BeitTokens.Rescale(this);
    }

    /// <summary>All tokens after the blocks, before the norm, [B, 1 + L, D].</summary>
    internal Tensor Tokens(Tensor images, Tensor mask, Generator? dropPath = null)
    {
        using var scope = NewDisposeScope();
        var patches = _patches.forward(images);
        var shown = where(mask.unsqueeze(-1), _maskToken.to(patches.dtype), patches);
        return BeitTokens.Run(shown, _clsToken, _positions, _relative, _blocks, dropPath).MoveToOuterDisposeScope();
    }
}
