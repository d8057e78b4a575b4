using System.Globalization;
using TorchSharp.Modules;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>What BEiT's two models have in common: how their blocks are made, start, and run.</summary>
internal static class BeitTokens
{
    public static ModuleList<Block> Blocks(ModelShape shape, BeitOptions options) => new(
        [.. Enumerable.Range(0, shape.Depth).Select(block => new Block(
            shape.Width, shape.MlpRatio, new BeitAttention(shape, options.RelativePositions == RelativePositions.PerBlock),
            options.LayerScale, DropPath.RateOf(block, shape.Depth, options.DropPath)))]);

    /// <summary>The class token before the patches [B, L, D], with positions where there are any, through all blocks.</summary>
    public static Tensor Run(
        Tensor patches, Tensor clsToken, Tensor? positions, RelativePositionBias? relative, ModuleList<Block> blocks, Generator? dropPath)
    {
        using var scope = NewDisposeScope();
        var tokens = cat([clsToken.expand(patches.shape[0], 1, patches.shape[2]), patches], 1);
        if (positions is not null) tokens = tokens + positions;
        var bias = relative?.Forward();
        foreach (var block in blocks) tokens = block.Forward(tokens, bias, dropPath);
        return tokens.MoveToOuterDisposeScope();
    }

    /// <summary>Divides the last map of each branch of block l, counted from 1, by sqrt(2 l) (Bao et al. 2022, section 2.5).</summary>
    public static void Rescale(Module model)
    {
        using var _ = no_grad();
        foreach (var (name, parameter) in model.named_parameters())
        {
            if (!name.EndsWith("attn.proj.weight", StringComparison.Ordinal) && !name.EndsWith("mlp.fc2.weight", StringComparison.Ordinal))
                continue;
            var block = int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture) + 1;
            parameter.div_(Math.Sqrt(2.0 * block));
        }
    }
}
