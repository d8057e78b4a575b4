using System.Globalization;
using System.Text.Json;
using AspireFed.Models;
using AspireFed.Models.Layers;
using AspireFed.Models.Transfer;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>Fine-tuning of a MAE or BEiT: what is taken over from pre-training, and the classifier forwards and backwards.</summary>
internal sealed class ClassifierKind() : CaseKind("fine-tuning")
{
    private const string Images = ".in.images";

    // The deviation by which the reference draws the head anew when it takes weights over.
    private const double HeadDeviation = 2e-5;

    public override bool Fits(Recording recording) => recording.Config.TryGetProperty("finetune", out _);

    public override void Check(Recording recording)
    {
        foreach (var name in recording.Names.Where(name => name.EndsWith(Images, StringComparison.Ordinal)).ToList())
        {
            var variant = name[..^Images.Length];
            var weights = recording.HasFile($"weights-{variant}.safetensors") ? $"weights-{variant}.safetensors" : "weights.safetensors";
            using var model = Model(recording, variant, weights);
            CheckTransfer(recording, model, variant, weights);
            CheckSteps(recording, model, variant, weights);
        }
        foreach (var name in recording.Names.Where(name => name.EndsWith(".in", StringComparison.Ordinal)).ToList())
            CheckGrid(recording, name[..^".in".Length]);
    }

    private static void CheckSteps(Recording recording, ImageClassifier model, string variant, string weights)
    {
        ModelFile.Load(model, recording.Weights(weights));
        var (images, labels) = (recording.Tensor(variant + Images), recording.Tensor($"{variant}.in.labels"));
        var output = $"{variant}.out.";

        var logits = model.Forward(images);
        var smoothed = Losses.SmoothedLabels(logits, labels, recording.Config.GetProperty("smoothing").GetDouble());
        smoothed.backward();

        recording.Hold(output + "features", model.Features(images));
        recording.Hold(output + "logits", logits);
        recording.Hold(output + "loss", smoothed);
        recording.Hold(output + "loss_ce", Losses.SmoothedLabels(logits, labels, 0));
        recording.HoldGradients(model, $"{variant}.grad.", output + "grad_norm");
        foreach (var name in recording.NamesUnder(output + "acc").ToList())
        {
            var best = logits.topk(int.Parse(name, CultureInfo.InvariantCulture), -1).indexes;
            var hits = best.eq(labels.unsqueeze(-1)).any(-1).to(ScalarType.Float64).mean().item<double>();
            recording.Hold(output + "acc" + name, tensor(100 * hits, ScalarType.Float32));
        }
    }

    private static void CheckTransfer(Recording recording, ImageClassifier model, string variant, string weights)
    {
        using var generator = new Generator(1);
        model.Initialize(generator);
        var report = ModelTransfer.Start(model, recording.Weights("pretrain-checkpoint.safetensors"), generator);

        var fresh = recording.Case.GetProperty("tensors_not_from_checkpoint").GetProperty(variant).Deserialize<string[]>()!;
        recording.Verdict.SameAll($"{variant}: what is new", fresh.Order(StringComparer.Ordinal), report.New.Order(StringComparer.Ordinal));
        var actual = model.state_dict();
        recording.Verdict.SameAll(
            $"{variant}: names", recording.Shapes(weights).Select(tensor => tensor.Name).Order(StringComparer.Ordinal),
            actual.Keys.Order(StringComparer.Ordinal));
        foreach (var taken in report.Taken)
            recording.Hold(taken, actual[taken], IsTable(taken) ? "interpolated_tables" : "default", weights);
        var head = actual["head.weight"].abs().max().item<float>();
        if (head is <= 0 or > 10 * (float)HeadDeviation) recording.Verdict.Differ($"{variant}: the new head reaches {head}");
    }

    /// <summary>Positions have a class token's row and an image's; tables have a column for each head.</summary>
    private static void CheckGrid(Recording recording, string name)
    {
        var (from, to) = (recording.Tensor(name + ".in"), recording.Shape(name + ".out"));
        if (from.dim() == 3)
        {
            recording.Hold(name + ".out", PositionGrid.ResizePositions(from, PositionGrid.OfPositions(to[1])!.Value));
            return;
        }
        var config = recording.Config.GetProperty(name);
        recording.Verdict.Same($"{name}: grid", config.GetProperty("from_grid").GetInt32(), PositionGrid.OfTable(from.shape[0]));
        recording.Hold(name + ".out", PositionGrid.ResizeTable(from, config.GetProperty("to_grid").GetInt32()), "interpolated_tables");
    }

    private static bool IsTable(string name) => name.EndsWith("relative_position_bias_table", StringComparison.Ordinal);

    private static ImageClassifier Model(Recording recording, string variant, string weights)
    {
        var config = recording.Config.GetProperty("finetune");
        var shape = RecordedModels.Shape(config, (int)recording.Shape(variant + Images)[3]);
        var classes = config.GetProperty("num_classes").GetInt32();
        if (RecordedModels.IsBeit(config)) return new BeitClassifier(shape, classes, RecordedModels.Beit(config));
        var poolsMean = recording.Shapes(weights).Any(tensor => tensor.Name == "fc_norm.weight");
        return new VisionTransformer(shape, classes, pooling: poolsMean ? Pooling.Mean : Pooling.ClassToken);
    }
}
