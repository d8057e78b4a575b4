using System.Text.Json;
using AspireFed.Models;
using AspireFed.Models.Layers;
using AspireFed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Recordings;

/// <summary>Models as the configurations of the recordings describe them.</summary>
internal static class RecordedModels
{
    public static ModelShape Shape(JsonElement config, int? imageSize = null)
    {
        var ratio = Number(config, "mlp_ratio", 4);
        if (ratio != Math.Floor(ratio))
            throw new NotSupportedException($"A block's hidden width is a whole multiple of its width here, not {ratio}.");
        var epsilon = Number(config, "norm_eps", Block.NormEpsilon);
        if (epsilon != Block.NormEpsilon) throw new NotSupportedException($"Norms here have no epsilon of {epsilon}.");
        var width = config.GetProperty("embed_dim").GetInt32();
        int Decoder(string key, int otherwise) => (int)Number(config, $"decoder_{key}", otherwise);
        return new(
            imageSize ?? config.GetProperty("img_size").GetInt32(), config.GetProperty("patch_size").GetInt32(),
            width, config.GetProperty("depth").GetInt32(), config.GetProperty("num_heads").GetInt32(),
            Decoder("embed_dim", 4), Decoder("depth", 1), Decoder("num_heads", 1), (int)ratio);
    }

    public static BeitOptions Beit(JsonElement config)
    {
        var (shared, each) = (Flag(config, "use_shared_rel_pos_bias", false), Flag(config, "use_rel_pos_bias", false));
        if (shared && each) throw new NotSupportedException("Bias tables are shared or each block's own here, not both.");
        return new()
        {
            LayerScale = Number(config, "init_values", 0),
            AbsolutePositions = Flag(config, "use_abs_pos_emb", false),
            RelativePositions = shared ? RelativePositions.Shared : each ? RelativePositions.PerBlock : RelativePositions.None,
            Pooling = Flag(config, "use_mean_pooling", true) ? Pooling.Mean : Pooling.ClassToken,
        };
    }

    /// <summary>Only BEiT's configurations have a layer scale, if only one of 0.</summary>
    public static bool IsBeit(JsonElement config) => config.TryGetProperty("init_values", out _);

    public static bool Flag(JsonElement config, string key, bool otherwise) =>
        config.TryGetProperty(key, out var value) ? value.GetBoolean() : otherwise;

    public static double Number(JsonElement config, string key, double otherwise) =>
        config.TryGetProperty(key, out var value) && value.ValueKind == JsonValueKind.Number ? value.GetDouble() : otherwise;

    /// <summary>A part of a model by its path of names.</summary>
    public static T Part<T>(this nn.Module model, string path) where T : nn.Module =>
        (T)model.named_modules().Single(named => named.name == path).module;

    /// <summary>Holds the parameters that are recorded under a prefix.</summary>
    public static void HoldParameters(this Recording recording, nn.Module model, string prefix, string tolerance)
    {
        var parameters = model.named_parameters().ToDictionary(named => named.name, named => named.parameter);
        foreach (var name in recording.NamesUnder(prefix).ToList()) recording.Hold(prefix + name, parameters[name], tolerance);
    }

    /// <summary>Holds the gradients that are recorded under a prefix, and the norm of all of them where it is recorded.</summary>
    public static void HoldGradients(this Recording recording, nn.Module model, string prefix, string norm)
    {
        var parameters = model.named_parameters().ToDictionary(named => named.name, named => named.parameter);
        foreach (var name in recording.NamesUnder(prefix).ToList())
        {
            var parameter = parameters[name];
            recording.Hold(prefix + name, parameter.grad ?? zeros_like(parameter));
        }
        if (!recording.Has(norm)) return;
        var trained = parameters.Where(named => named.Value.requires_grad).Select(named => (named.Key, (Tensor)named.Value)).ToList();
        using var optimizer = new AdamW([new ParameterGroup(0, 1, trained)], 0.9, 0.999);
        recording.Hold(norm, tensor(optimizer.ClipGradients(0)));
    }
}
