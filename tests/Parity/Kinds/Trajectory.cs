using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training.Optimization;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>AdamW from given gradients, step by step. Its settings are recorded in words, "same" meaning those of the one before.</summary>
internal sealed partial record Trajectory(
    string Name, ModelFamily Family, Stage Stage, double Beta1, double Beta2, double WeightDecay, double LayerDecay, double ClipNorm)
{
    [GeneratedRegex(@"betas \(([\d.]+), ?([\d.]+)\)")]
    private static partial Regex Betas { get; }

    [GeneratedRegex(@"weight decay ([\d.]+)")]
    private static partial Regex Decay { get; }

    [GeneratedRegex(@"layer decay ([\d.]+)")]
    private static partial Regex Layers { get; }

    [GeneratedRegex(@"clip_grad ([\d.]+)|no clipping")]
    private static partial Regex Clip { get; }

    public static IEnumerable<Trajectory> All(Recording recording)
    {
        var before = "";
        foreach (var trajectory in recording.Case.GetProperty("trajectories").EnumerateObject())
        {
            var words = trajectory.Value.GetProperty("optimizer").GetString()!;
            if (words.StartsWith("same", StringComparison.Ordinal)) words += ", " + before;
            else before = words;
            var model = trajectory.Value.GetProperty("model");
            bool Has(string key) => model.TryGetProperty(key, out _);
            var family = RecordedModels.IsBeit(model) ? ModelFamily.Beit : ModelFamily.Mae;
            var stage = Has("num_classes") ? Stage.Finetune : Stage.Pretrain;
            yield return new(
                trajectory.Name, family, stage, Number(Betas.Match(words).Groups[1]), Number(Betas.Match(words).Groups[2]),
                Number(Decay.Match(words).Groups[1]), Number(Layers.Match(words).Groups[1], otherwise: 1),
                Number(Clip.Match(words).Groups[1], otherwise: 0));
        }
    }

    public void Check(Recording recording)
    {
        var parameters = recording.NamesUnder($"{Name}.init.").ToList().ConvertAll(parameter => (
            Name: parameter,
            Value: recording.Tensor($"{Name}.init.{parameter}").requires_grad_(recording.Has($"{Name}.step0.grad.{parameter}"))));
        using var optimizer = new AdamW(ParameterGroups.Of(parameters, Family, Stage, WeightDecay, LayerDecay), Beta1, Beta2);
        var rates = recording.Values<double>($"{Name}.lr");
        List<double> norms = [];
        for (var step = 0; step < rates.Length; step++)
        {
            foreach (var (parameter, value) in parameters.Where(parameter => parameter.Value.requires_grad))
                value.grad = recording.Tensor($"{Name}.step{step}.grad.{parameter}");
            norms.Add(optimizer.ClipGradients(ClipNorm));
            optimizer.Step(rates[step]);
            var after = $"{Name}.step{step}.after.";
            foreach (var (parameter, value) in parameters.Where(parameter => recording.Has(after + parameter.Name)))
                recording.Hold(after + parameter, value, "after");
        }
        recording.Hold($"{Name}.grad_norm_before_clip", tensor(norms), "grad_norm_before_clip");
    }

    private static double Number(Group group, double? otherwise = null) =>
        group.Success ? double.Parse(group.Value, CultureInfo.InvariantCulture)
        : otherwise ?? throw new FormatException("The settings of an optimiser are not told in the words that are known.");
}
