using System.Text.Json;
using AspireFed.Models;

namespace AspireFed.Tests.Unit.Models;

/// <summary>Models as the configurations of the parity cases describe them.</summary>
internal static class ParityShapes
{
    public static ModelShape Shape(JsonElement config, int? imageSize = null) => new(
        imageSize ?? config.GetProperty("img_size").GetInt32(), config.GetProperty("patch_size").GetInt32(),
        config.GetProperty("embed_dim").GetInt32(), config.GetProperty("depth").GetInt32(), config.GetProperty("num_heads").GetInt32(),
        Decoder(config, "embed_dim"), Decoder(config, "depth"), Decoder(config, "num_heads"),
        (int)config.GetProperty("mlp_ratio").GetDouble());

    public static BeitOptions Beit(JsonElement config) => new()
    {
        LayerScale = config.GetProperty("init_values").GetDouble(),
        AbsolutePositions = config.GetProperty("use_abs_pos_emb").GetBoolean(),
        RelativePositions = config.GetProperty("use_shared_rel_pos_bias").GetBoolean() ? RelativePositions.Shared
            : config.GetProperty("use_rel_pos_bias").GetBoolean() ? RelativePositions.PerBlock : RelativePositions.None,
        Pooling = !config.TryGetProperty("use_mean_pooling", out var mean) || mean.GetBoolean() ? Pooling.Mean : Pooling.ClassToken,
    };

    private static int Decoder(JsonElement config, string key) =>
        config.TryGetProperty($"decoder_{key}", out var value) ? value.GetInt32() : 4;
}
