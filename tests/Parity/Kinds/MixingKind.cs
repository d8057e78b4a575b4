using System.Globalization;
using System.Text.Json;
using AspireFed.Models.Layers;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>Mixed images, their targets and losses, smoothed labels, and drop path.</summary>
internal sealed class MixingKind() : CaseKind("mixing and losses")
{
    private const string SmoothedLabels = "label_smoothing_", PlainLabels = "cross_entropy", RateOfBlocks = "drop_path.rates_depth";

    public override bool Fits(Recording recording) =>
        recording.Config.TryGetProperty("draws", out var draws) && draws.ValueKind == JsonValueKind.Object;

    public override void Check(Recording recording)
    {
        foreach (var run in recording.Config.GetProperty("draws").EnumerateObject())
        {
            CheckMix(recording, run.Name, RecordedMix.Of(run.Value));
            CheckBoxes(recording, run);
        }
        foreach (var name in recording.Names.Where(name => name.EndsWith(".loss", StringComparison.Ordinal)).ToList())
            CheckLabels(recording, name[..^".loss".Length]);
        CheckDropPath(recording);
    }

    private static void CheckMix(Recording recording, string name, RecordedMix mix)
    {
        var (images, targets) = mix.Apply(
            recording.Tensor("in.images"), recording.Tensor("in.labels"), recording.Config.GetProperty("num_classes").GetInt32(),
            recording.Config.GetProperty("label_smoothing").GetDouble());
        var logits = recording.Tensor("in.logits").requires_grad_();
        var loss = Losses.SoftTargets(logits, targets);
        loss.backward();

        recording.Hold($"{name}.out.images", images);
        recording.Hold($"{name}.out.target", targets);
        recording.Hold($"{name}.out.soft_ce", loss);
        recording.Hold($"{name}.grad.logits", logits.grad!);
    }

    /// <summary>The centre of a box is not recorded: one of all possible centres must give the recorded box and its share.</summary>
    private static void CheckBoxes(Recording recording, JsonProperty run)
    {
        if (run.Value.GetProperty("options").TryGetProperty("cutmix_minmax", out _))
        {
            recording.Verdict.LeaveOut(
                $"the draw of the box of {run.Name}", "boxes between two sizes are not offered; the recorded box is applied");
            return;
        }
        var shape = recording.Shape("in.images");
        var (height, width) = ((int)shape[2], (int)shape[3]);
        foreach (var cut in run.Value.GetProperty("cutmix").EnumerateArray())
        {
            var expected = RecordedMix.Cut(cut);
            var possible = Enumerable.Range(0, height * width)
                .Select(centre => ImageMix.Cut(cut.GetProperty("lam_drawn").GetDouble(), centre / width, centre % width, height, width));
            if (!possible.Any(mix => mix.Box == expected.Box && Math.Abs(mix.Share - expected.Share) < 1e-12))
                recording.Verdict.Differ($"no centre gives the box {expected.Box} of {run.Name}");
        }
    }

    private static void CheckLabels(Recording recording, string name)
    {
        var smoothing = name switch
        {
            PlainLabels => 0,
            _ when name.StartsWith(SmoothedLabels, StringComparison.Ordinal) =>
                double.Parse(name[SmoothedLabels.Length..], CultureInfo.InvariantCulture),
            _ => throw new NotSupportedException($"There is no loss called {name}."),
        };
        var logits = recording.Tensor("in.logits").requires_grad_();
        var loss = Losses.SmoothedLabels(logits, recording.Tensor("in.labels"), smoothing);
        loss.backward();
        recording.Hold($"{name}.loss", loss);
        if (recording.Has($"{name}.grad.logits")) recording.Hold($"{name}.grad.logits", logits.grad!);
    }

    /// <summary>
    /// The reference keeps a sample where its uniform number is at least the rate. Here libtorch draws which are kept, so that only the
    /// factor of those, and the rates of the blocks, can be compared.
    /// </summary>
    private static void CheckDropPath(Recording recording)
    {
        foreach (var rate in recording.Config.GetProperty("drop_path_rates").EnumerateObject())
        {
            using var generator = new Generator(1);
            var drawn = DropPath.Draw(empty(1000), rate.Value.GetDouble(), generator);
            recording.Verdict.Same($"{rate.Name}: least factor", 0f, drawn.min().item<float>());
            var kept = recording.Tensor($"{rate.Name}.uniform").ge(tensor(rate.Value.GetDouble()));
            recording.Hold($"{rate.Name}.out", recording.Tensor("drop_path.in") * kept * drawn.max());
        }
        foreach (var name in recording.Names.Where(name => name.StartsWith(RateOfBlocks, StringComparison.Ordinal)).ToList())
        {
            var parts = name[RateOfBlocks.Length..].Split('_');
            var (depth, last) = (int.Parse(parts[0], CultureInfo.InvariantCulture), double.Parse(parts[1], CultureInfo.InvariantCulture));
            recording.Hold(name, tensor(Enumerable.Range(0, depth).Select(block => DropPath.RateOf(block, depth, last)).ToArray()));
        }
    }
}
