using AspireFed.Models.Layers;
using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models;

/// <summary>
/// Masked autoencoder (He et al. 2022): the encoder sees the patches that are left, a small decoder paints the others. Names and shapes
/// are those of the public checkpoints.
/// </summary>
public sealed class Mae : VisionModel
{
    [ComponentName(Name = "cls_token")] private readonly Parameter _clsToken;
    [ComponentName(Name = "pos_embed")] private readonly Parameter _positions;
    [ComponentName(Name = "mask_token")] private readonly Parameter _maskToken;
    [ComponentName(Name = "decoder_pos_embed")] private readonly Parameter _decoderPositions;
    [ComponentName(Name = "patch_embed")] private readonly PatchEmbedding _patches;
    [ComponentName(Name = "blocks")] private readonly ModuleList<Block> _blocks;
    [ComponentName(Name = "norm")] private readonly LayerNorm _norm;
    [ComponentName(Name = "decoder_embed")] private readonly Dense _decoderEmbed;
    [ComponentName(Name = "decoder_blocks")] private readonly ModuleList<Block> _decoderBlocks;
    [ComponentName(Name = "decoder_norm")] private readonly LayerNorm _decoderNorm;
    [ComponentName(Name = "decoder_pred")] private readonly Dense _decoderPrediction;

    public Mae(ModelShape shape) : base(nameof(Mae), shape)
    {
        var (width, decoderWidth) = (shape.Width, shape.DecoderWidth);
        register_parameter("cls_token", _clsToken = Parameter(zeros(1, 1, width)));
        register_parameter("pos_embed", _positions = Parameter(SinCosPositions.Table(width, shape.Grid), requires_grad: false));
        register_parameter("mask_token", _maskToken = Parameter(zeros(1, 1, decoderWidth)));
        register_parameter(
            "decoder_pos_embed", _decoderPositions = Parameter(SinCosPositions.Table(decoderWidth, shape.Grid), requires_grad: false));
        register_module("patch_embed", _patches = new PatchEmbedding(shape));
        register_module("blocks", _blocks = Blocks(shape.Depth, width, shape.Heads, shape.MlpRatio));
        register_module("norm", _norm = LayerNorm(width, Block.NormEpsilon));
        register_module("decoder_embed", _decoderEmbed = new Dense(width, decoderWidth));
        register_module("decoder_blocks", _decoderBlocks = Blocks(shape.DecoderDepth, decoderWidth, shape.DecoderHeads, shape.MlpRatio));
        register_module("decoder_norm", _decoderNorm = LayerNorm(decoderWidth, Block.NormEpsilon));
        register_module("decoder_pred", _decoderPrediction = new Dense(decoderWidth, shape.PatchValues));
    }

    /// <param name="images">[B, 3, H, W], normalised.</param>
    /// <param name="noise">[B, L], uniform: the patches with the smallest numbers are kept.</param>
    /// <param name="maskRatio">Share of the patches that is removed.</param>
    /// <param name="normPixLoss">Whether the target is each patch less its own mean, over its own deviation.</param>
    public MaeOutput Forward(Tensor images, Tensor noise, double maskRatio, bool normPixLoss)
    {
        using var scope = NewDisposeScope();
        var patches = _patches.Patches(images);
        var masking = RandomMasking.From(noise, maskRatio);
        var prediction = Decode(Encode(patches, masking), masking);
        var loss = Loss(patches, prediction, masking.Mask, normPixLoss);
        return new MaeOutput(loss.MoveToOuterDisposeScope(), prediction.MoveToOuterDisposeScope(), masking.Mask.MoveToOuterDisposeScope());
    }

    public override void Initialize(Generator generator)
    {
        foreach (var (name, parameter) in named_parameters())
        {
            if (name is "cls_token" or "mask_token") Draw.Normal(parameter, 0.02, generator);
            else if (parameter.requires_grad && parameter.dim() > 1) Draw.Xavier(parameter, generator);
        }
        // The reference leaves the bias of the patch convolution at torch's default.
        Draw.Uniform(_patches.Bias, 1 / Math.Sqrt(Shape.PatchValues), generator);
    }

    private static ModuleList<Block> Blocks(int depth, int width, int heads, int mlpRatio) =>
        new([.. Enumerable.Range(0, depth).Select(_ => new Block(width, mlpRatio, new PlainAttention(width, heads)))]);

    /// <summary>The visible patches [B, L, 3 * P * P] with the class token before them, [B, 1 + kept, D].</summary>
    internal Tensor Encode(Tensor patches, RandomMasking masking)
    {
        using var scope = NewDisposeScope();
        var visible = _patches.Project(masking.Visible(patches)) + masking.Visible(_positions.narrow(1, 1, Shape.Patches));
        var first = (_clsToken + _positions.narrow(1, 0, 1)).expand(visible.shape[0], 1, Shape.Width);
        var tokens = cat([first, visible], 1);
        foreach (var block in _blocks) tokens = block.Forward(tokens);
        return _norm.forward(tokens).MoveToOuterDisposeScope();
    }

    private Tensor Decode(Tensor latent, RandomMasking masking)
    {
        using var scope = NewDisposeScope();
        var tokens = masking.Restore(_decoderEmbed.forward(latent), _maskToken) + _decoderPositions;
        foreach (var block in _decoderBlocks) tokens = block.Forward(tokens);
        return _decoderPrediction.forward(_decoderNorm.forward(tokens)).narrow(1, 1, Shape.Patches).MoveToOuterDisposeScope();
    }

    /// <summary>The prediction is in (row, column, channel) order, the patches are in (channel, row, column) order.</summary>
    internal Tensor InOrderOfPrediction(Tensor patches)
    {
        using var scope = NewDisposeScope();
        var pixels = Shape.PatchSize * Shape.PatchSize;
        return patches.view(patches.shape[0], patches.shape[1], 3, pixels).transpose(2, 3).reshape(patches.shape).MoveToOuterDisposeScope();
    }

    private Tensor Loss(Tensor patches, Tensor prediction, Tensor mask, bool normPixLoss)
    {
        using var scope = NewDisposeScope();
        var target = InOrderOfPrediction(patches);
        if (normPixLoss)
        {
            // torch's own variance is ten times slower than this on a processor.
            target = target - target.mean([-1], keepdim: true);
            var variance = target.square().sum(-1, keepdim: true) / (Shape.PatchValues - 1);
            target = target / (variance + 1e-6).sqrt();
        }
        var error = (prediction - target).square().mean([-1]);
        return ((error * mask).sum() / mask.sum()).MoveToOuterDisposeScope();
    }
}
