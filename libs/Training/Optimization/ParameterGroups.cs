using System.Globalization;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using TorchSharp;

namespace AspireFed.Training.Optimization;

/// <summary>Says by a parameter's name and shape how it is decayed and how fast it learns (Bao et al., BEiT; He et al., MAE).</summary>
public static class ParameterGroups
{
    /// <summary>Groups the parameters that are trained, in the order in which they first appear.</summary>
    /// <param name="layerDecay">Factor of the learning rate from each layer to the one below it; 1 trains all alike.</param>
    public static IReadOnlyList<ParameterGroup> Of(
        IEnumerable<(string Name, torch.Tensor Value)> parameters, ModelFamily family, Stage stage, double weightDecay, double layerDecay)
    {
        var trained = parameters.Where(parameter => parameter.Value.requires_grad).ToList();
        var top = trained.Max(parameter => BlockOf(parameter.Name)) + 2;
        return
        [
            .. trained
                .GroupBy(parameter => (
                    Decayed: IsDecayed(parameter.Name, (int)parameter.Value.dim(), family, stage),
                    Scale: layerDecay == 1 ? 1 : Math.Pow(layerDecay, top - LayerOf(parameter.Name, top))))
                .Select(group => new ParameterGroup(group.Key.Decayed ? weightDecay : 0, group.Key.Scale, [.. group])),
        ];
    }

    /// <summary>
    /// Vectors and biases are never decayed; class token and positions neither, but in MAE's pre-training, whose positions are fixed.
    /// Mask tokens and relative-position tables are.
    /// </summary>
    private static bool IsDecayed(string name, int dimensions, ModelFamily family, Stage stage)
    {
        if (dimensions <= 1 || name.EndsWith(".bias", StringComparison.Ordinal)) return false;
        var all = family == ModelFamily.Mae && stage == Stage.Pretrain;
        return all || name is not ("cls_token" or "pos_embed");
    }

    /// <summary>0 for all that makes patches into tokens, then the blocks, then what follows them.</summary>
    private static int LayerOf(string name, int top)
    {
        if (name is "cls_token" or "mask_token" or "pos_embed" || name.StartsWith("patch_embed.", StringComparison.Ordinal)) return 0;
        var block = BlockOf(name);
        return block >= 0 ? block + 1 : top;
    }

    private static int BlockOf(string name)
    {
        var parts = name.Split('.');
        return parts[0] == "blocks" ? int.Parse(parts[1], CultureInfo.InvariantCulture) : -1;
    }
}
