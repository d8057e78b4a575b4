using System.Globalization;
using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Models;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training.Optimization;
using TorchSharp;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>
/// How the reference's optimisers group parameters. The recording tells no shapes but all names: a model that has the same names stands
/// for the recorded one, since names and numbers of dimensions decide.
/// </summary>
internal static class RecordedGroups
{
    private const string File = "param-groups.json";
    private const string Table = "relative_position_bias_table";

    public static void Check(Recording recording)
    {
        var layerDecay = recording.Config.GetProperty("layer_decay").GetDouble();
        var all = recording.Json(File);
        foreach (var model in all.GetProperty("groups_in_optimizer_order").EnumerateObject())
        {
            var groups = model.Value.EnumerateArray().Select(group => new Group(
                Number(group, "weight_decay", 0), Number(group, "lr_scale", 1),
                Joined(group.GetProperty("names").Deserialize<string[]>()!))).ToList();
            if (groups.Any(group => group.Decay == 0 && group.Names.Contains(Table, StringComparison.Ordinal)))
            {
                recording.Verdict.LeaveOut(
                    $"{File}: {model.Name}", "the option to leave tables of relative positions without weight decay is not offered");
                continue;
            }
            Check(recording, model.Name, groups, layerDecay);
        }
        foreach (var scales in all.GetProperty("layer_scales").EnumerateObject()) CheckScales(recording, scales);
    }

    private static void Check(Recording recording, string name, List<Group> expected, double layerDecay)
    {
        var names = expected.SelectMany(group => group.Names.Split(' ')).ToHashSet();
        var isBeit = names.Contains("blocks.0.attn.q_bias");
        var stage = names.Contains("head.weight") ? Stage.Finetune : Stage.Pretrain;
        using var model = Model(names, isBeit, stage);
        var ours = ParameterGroups.Of(
            model.named_parameters().Select(named => (named.name, (torch.Tensor)named.parameter)),
            isBeit ? ModelFamily.Beit : ModelFamily.Mae, stage, expected.Max(group => group.Decay),
            expected.Any(group => group.Scale != 1) ? layerDecay : 1)
            .Select(group => new Group(group.WeightDecay, group.LearningRateScale, Joined(group.Parameters.Select(p => p.Name)))).ToList();

        var (recorded, made) = (InOrder(expected), InOrder(ours));
        recording.Verdict.SameAll($"{name}: groups", recorded.Select(group => group.Names), made.Select(group => group.Names));
        recording.Verdict.SameAll($"{name}: weight decays", recorded.Select(group => group.Decay), made.Select(group => group.Decay));
        recording.Verdict.Hold(
            $"{name}: factors", recorded.Select(group => group.Scale).ToArray(), made.Select(group => group.Scale).ToArray(),
            recording.Verdict.Stated("schedules"));
    }

    /// <summary>The factors of all layers of a deep model, from the patches to the head.</summary>
    private static void CheckScales(Recording recording, JsonProperty recorded)
    {
        var expected = recorded.Value.GetProperty("scales").Deserialize<double[]>()!;
        using var value = torch.zeros(1, 1).requires_grad_();
        var blocks = Enumerable.Range(0, expected.Length - 2).Select(block => $"blocks.{block}.mlp.fc1.weight");
        var names = blocks.Prepend("patch_embed.proj.weight").Append("head.weight");
        var layerDecay = recorded.Value.GetProperty("layer_decay").GetDouble();
        var ours = ParameterGroups.Of(names.Select(name => (name, value)), ModelFamily.Beit, Stage.Finetune, 0, layerDecay)
            .Select(group => group.LearningRateScale).ToArray();
        recording.Verdict.Hold($"{File}: {recorded.Name}", expected, ours, recording.Verdict.Stated("schedules"));
    }

    private static VisionModel Model(HashSet<string> names, bool isBeit, Stage stage)
    {
        var shape = new ModelShape(4, 2, 4, Blocks(names, "blocks"), 1, 4, Blocks(names, "decoder_blocks"), 1);
        var pooling = names.Contains("fc_norm.weight") ? Pooling.Mean : Pooling.ClassToken;
        var options = new BeitOptions
        {
            LayerScale = names.Contains("blocks.0.gamma_1") ? BeitOptions.Pretraining.LayerScale : 0,
            AbsolutePositions = names.Contains("pos_embed"),
            RelativePositions = names.Contains($"rel_pos_bias.{Table}") ? RelativePositions.Shared
                : names.Contains($"blocks.0.attn.{Table}") ? RelativePositions.PerBlock : RelativePositions.None,
            Pooling = pooling,
        };
        return (isBeit, stage) switch
        {
            (true, Stage.Pretrain) => new BeitPretraining(shape, 2, options),
            (true, _) => new BeitClassifier(shape, 2, options),
            (_, Stage.Pretrain) => new Mae(shape),
            _ => new VisionTransformer(shape, 2, pooling: pooling),
        };
    }

    private static int Blocks(HashSet<string> names, string list) =>
        names.Where(name => name.StartsWith(list + ".", StringComparison.Ordinal))
            .Select(name => int.Parse(name.Split('.')[1], CultureInfo.InvariantCulture) + 1).DefaultIfEmpty(0).Max();

    private static double Number(JsonElement group, string name, double otherwise) => RecordedModels.Number(group, name, otherwise);

    private static string Joined(IEnumerable<string> names) => string.Join(' ', names.Order(StringComparer.Ordinal));

    private static List<Group> InOrder(IEnumerable<Group> groups) => [.. groups.OrderBy(group => group.Names, StringComparer.Ordinal)];

    private sealed record Group(double Decay, double Scale, string Names);
}
