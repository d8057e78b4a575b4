using System.Text.Json;
using AspireFed.Contracts.Specs;
using AspireFed.Imaging.Augmenting;
using AspireFed.Imaging.Masks;
using AspireFed.Imaging.Pixels;
using AspireFed.Models;
using AspireFed.Tests.Parity.Recordings;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>Which operations with which constants form the reference's pipelines, by stage, model and data set.</summary>
internal static class RecordedPipelines
{
    public static void Check(Recording recording)
    {
        foreach (var pipeline in recording.Config.GetProperty("pipelines").EnumerateObject())
        {
            var parts = pipeline.Name.Split('/');
            var (preset, normalization) = parts[^1] switch
            {
                "Retina" => (AugmentationPreset.Retina, Normalization.Retina),
                "COVID-FL" => (AugmentationPreset.CovidFl, Normalization.Imagenet),
                _ => (AugmentationPreset.Derm, Normalization.Imagenet),
            };
            var isWhole = pipeline.Value.ValueKind == JsonValueKind.Array;
            var steps = (isWhole ? pipeline.Value : pipeline.Value.GetProperty("common")).EnumerateArray().ToList();
            var last = (isWhole ? pipeline.Value : pipeline.Value.GetProperty("patch")).EnumerateArray().Last();
            var size = Size(steps);
            var ours = (parts[0], parts[1]) switch
            {
                ("pretrain", "mae") => Augmentation.ForPretraining(preset, size),
                ("pretrain", _) => Augmentation.ForPretraining(preset, size, TokenSize(steps)),
                (_, "train") => Augmentation.ForFinetuning(preset, size),
                _ => Augmentation.ForTest(size),
            };
            IEnumerable<IImageOperation> all = ours.PatchCrop is { } crop ? ours.Operations.Append(crop) : ours.Operations;
            recording.Verdict.SameAll(pipeline.Name, steps.SelectMany(Operations), all);
            CheckNormalization(recording, pipeline.Name, last, normalization);
            if (!isWhole && pipeline.Value.TryGetProperty("num_mask_patches", out var masked))
                recording.Verdict.Same($"{pipeline.Name}: patches to mask", masked.GetInt32(), PatchesToMask(size));
        }
    }

    private static IEnumerable<IImageOperation> Operations(JsonElement step)
    {
        double Of(string key) => step.GetProperty(key).GetDouble();
        return step.GetProperty("op").GetString() switch
        {
            "RandomGrayscale" => [new RandomGrayscale(Of("p"))],
            "RandomHorizontalFlip" => [new RandomHorizontalFlip(Of("p"))],
            "ColorJitter" =>
                [new ColorJitter(Range(step, "brightness"), Range(step, "contrast"), Range(step, "saturation"), Range(step, "hue"))],
            "RandomRotation" => [new RandomRotation(Range(step, "degrees")!.Value.To)],
            "RandomResizedCrop" or "RandomResizedCropAndInterpolationWithTwoPic" => [new RandomResizedCrop(
                Side(step, "size"), Enum.Parse<ResampleFilter>(step.GetProperty("interpolation").GetString()!, ignoreCase: true),
                Range(step, "scale")!.Value)],
            "CenterCrop" => [new CenterView(Side(step, "size"))],
            // The first half of a centre view; and what Normalize does as well.
            "Resize" or "ToTensor" or "Normalize" => [],
            var other => throw new NotSupportedException($"There is no operation {other}."),
        };
    }

    /// <summary>Every grey level of every channel.</summary>
    private static void CheckNormalization(Recording recording, string name, JsonElement step, Normalization normalization)
    {
        const int levels = 256;
        var (mean, deviation) = (step.GetProperty("mean").Deserialize<double[]>()!, step.GetProperty("std").Deserialize<double[]>()!);
        var image = new RgbImage(levels, 1, [.. Enumerable.Range(0, 3 * levels).Select(i => (byte)(i / 3))]);
        var ours = new float[3 * levels];
        Normalize.Into(image, normalization, ours);
        var expected = Enumerable.Range(0, 3 * levels)
            .Select(i => ((i % levels / 255.0) - mean[i / levels]) / deviation[i / levels]);
        recording.Verdict.Hold(
            $"{name}: normalisation", expected.ToArray(), Array.ConvertAll(ours, value => (double)value),
            recording.Verdict.Stated("float"));
    }

    private static int PatchesToMask(int imageSize)
    {
        var grid = imageSize / ModelShape.For(ModelSize.Base).PatchSize;
        return new BlockwiseMask(grid, grid, PretrainSpec.For(ModelFamily.Beit).MaskRatio).Target;
    }

    private static int Size(List<JsonElement> steps) => Side(steps.First(step => step.TryGetProperty("size", out _)), "size");

    private static int TokenSize(List<JsonElement> steps) =>
        Side(steps.Single(step => step.TryGetProperty("second_size", out _)), "second_size");

    private static int Side(JsonElement step, string key)
    {
        var value = step.GetProperty(key);
        return value.ValueKind == JsonValueKind.Array ? value[0].GetInt32() : value.GetInt32();
    }

    private static Interval? Range(JsonElement step, string key) =>
        step.GetProperty(key) is { ValueKind: JsonValueKind.Array } range ? new Interval(range[0].GetDouble(), range[1].GetDouble()) : null;
}
