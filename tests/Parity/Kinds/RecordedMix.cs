using System.Text.Json;
using AspireFed.Training.Objectives;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>
/// How timm mixed a batch: all images alike, or each by a draw of its own, or pairs that stand as far from both ends. Only the first is
/// offered here; the others are made of it, pair by pair.
/// </summary>
internal sealed class RecordedMix
{
    private readonly List<ImageMix> _mixes;
    private readonly string _mode;

    private RecordedMix(List<ImageMix> mixes, string mode) => (_mixes, _mode) = (mixes, mode);

    public static RecordedMix Of(JsonElement run)
    {
        var mode = run.GetProperty("options").TryGetProperty("mode", out var stated) ? stated.GetString()! : "batch";
        var draw = run.GetProperty("lam_and_use_cutmix")[0];
        var isOne = draw[0].ValueKind == JsonValueKind.Number;
        var shares = isOne ? [draw[0].GetDouble()] : draw[0].Deserialize<double[]>()!;
        var cuts = isOne ? [draw[1].GetBoolean()] : draw[1].Deserialize<bool[]>()!;
        var boxes = new Queue<JsonElement>(run.GetProperty("cutmix").EnumerateArray());
        return new([.. shares.Zip(cuts).Select(mix => mix.Second ? Cut(boxes.Dequeue()) : new ImageMix(mix.First, null))], mode);
    }

    public static ImageMix Cut(JsonElement cut)
    {
        var box = cut.GetProperty("box_yl_yh_xl_xh").Deserialize<int[]>()!;
        return new ImageMix(cut.GetProperty("lam_corrected").GetDouble(), new ImageMix.Rectangle(box[0], box[1], box[2], box[3]));
    }

    public (Tensor Images, Tensor Targets) Apply(Tensor images, Tensor labels, int classes, double smoothing)
    {
        if (_mode == "batch")
        {
            _mixes[0].Apply(images);
            return (images, _mixes[0].Targets(labels, classes, smoothing));
        }
        var count = (int)labels.shape[0];
        var (mixed, targets) = (new Tensor[count], new Tensor[count]);
        for (var i = 0; i < count; i++)
        {
            var mix = _mode switch
            {
                "elem" => _mixes[i],
                "pair" => _mixes[Math.Min(i, count - 1 - i)],
                _ => throw new NotSupportedException($"Batches are not mixed in mode {_mode}."),
            };
            var pair = tensor(new long[] { i, count - 1 - i });
            var two = images.index_select(0, pair);
            mix.Apply(two);
            (mixed[i], targets[i]) = (two[0], mix.Targets(labels.index_select(0, pair), classes, smoothing)[0]);
        }
        return (stack(mixed), stack(targets));
    }
}
