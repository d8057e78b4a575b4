using System.Globalization;
using AspireFed.Models;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>
/// The model whose tensors have these names and numbers of values: the only description of the real-size models that the recordings give.
/// </summary>
internal static class ModelByTensors
{
    private const string Table = "relative_position_bias_table";

    // No tensor tells the number of heads; those of a vision transformer are so wide (Dosovitskiy et al. 2021).
    private const int HeadWidth = 64;

    public static nn.Module Create(IReadOnlyDictionary<string, long> counts)
    {
        if (counts.ContainsKey("blocks.output.conv.w")) return Dalle(counts);
        var (isBeit, shape) = (counts.Keys.Any(name => name.EndsWith(".attn.q_bias", StringComparison.Ordinal)), Shape(counts));
        if (counts.TryGetValue("decoder_pred.bias", out _)) return new Mae(shape);
        if (counts.TryGetValue("lm_head.bias", out var vocabulary)) return new BeitPretraining(shape, (int)vocabulary, Beit(counts));
        if (!counts.TryGetValue("head.bias", out var classes)) throw new NotSupportedException("There is no model with these tensors.");
        var pooling = counts.ContainsKey("fc_norm.weight") ? Pooling.Mean : Pooling.ClassToken;
        return isBeit
            ? new BeitClassifier(shape, (int)classes, Beit(counts) with { Pooling = pooling })
            : new VisionTransformer(shape, (int)classes, pooling: pooling);
    }

    private static nn.Module Dalle(IReadOnlyDictionary<string, long> counts)
    {
        var (first, last) = ((int)counts["blocks.input.b"], (int)counts["blocks.output.conv.b"]);
        var inputs = (int)counts["blocks.input.w"] / first;
        var blocks = counts.Keys.Max(name => name.StartsWith("blocks.group_1.block_", StringComparison.Ordinal)
            ? int.Parse(name.Split('.')[2]["block_".Length..], CultureInfo.InvariantCulture) : 0);
        // Pictures have three channels, and the decoder tells two numbers for each.
        return last != 2 * 3
            ? new DalleEncoder(first, blocks, last)
            : new DalleDecoder(first, (int)counts["blocks.output.conv.w"] / last, blocks, inputs);
    }

    private static BeitOptions Beit(IReadOnlyDictionary<string, long> counts) => new()
    {
        LayerScale = counts.ContainsKey("blocks.0.gamma_1") ? BeitOptions.Pretraining.LayerScale : 0,
        AbsolutePositions = counts.ContainsKey("pos_embed"),
        RelativePositions = counts.ContainsKey($"rel_pos_bias.{Table}") ? RelativePositions.Shared
            : counts.ContainsKey($"blocks.0.attn.{Table}") ? RelativePositions.PerBlock : RelativePositions.None,
    };

    private static ModelShape Shape(IReadOnlyDictionary<string, long> counts)
    {
        var width = (int)counts["cls_token"];
        var heads = Heads(width);
        var patch = Root(counts["patch_embed.proj.weight"] / (3 * width));
        var table = counts.FirstOrDefault(tensor => tensor.Key.EndsWith(Table, StringComparison.Ordinal)).Value / heads;
        // A table has a row for each shift along both sides, and three more.
        var grid = counts.TryGetValue("pos_embed", out var positions) ? Root((positions / width) - 1) : (Root(table - 3) + 1) / 2;
        var decoder = counts.ContainsKey("decoder_pred.bias") ? (int)counts["mask_token"] : HeadWidth;
        return new(
            grid * patch, patch, width, Blocks(counts, "blocks"), heads, decoder, Blocks(counts, "decoder_blocks"), Heads(decoder),
            (int)(counts["blocks.0.mlp.fc1.bias"] / width));
    }

    private static int Heads(int width) => Math.Max(1, width / HeadWidth);

    private static int Blocks(IReadOnlyDictionary<string, long> counts, string list) =>
        counts.Keys.Where(name => name.StartsWith(list + ".", StringComparison.Ordinal))
            .Select(name => int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture) + 1).DefaultIfEmpty(0).Max();

    private static int Root(long square) => (int)Math.Round(Math.Sqrt(square));
}
