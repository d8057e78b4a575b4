using System.Globalization;
using AspireFed.Imaging.Masks;
using AspireFed.Models;
using AspireFed.Models.Layers;
using AspireFed.Tests.Parity.Recordings;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>MAE with given noise, for several shares of masked patches, with and without normalised targets.</summary>
internal sealed class MaePretrainingKind() : CaseKind("mae-pretraining")
{
    private const string KeptPatches = "len_keep_table_int(L*(1-ratio))";

    public override bool Fits(Recording recording) => recording.IsOfModel("MaskedAutoencoderViT");

    public override void Check(Recording recording)
    {
        var shape = RecordedModels.Shape(recording.Config);
        using var mae = new Mae(shape);
        recording.Hold("out.pos_embed", mae.get_parameter("pos_embed")!);
        recording.Hold("out.decoder_pos_embed", mae.get_parameter("decoder_pos_embed")!);
        ModelFile.Load(mae, recording.Weights("weights.safetensors"));
        var (images, noise) = (recording.Tensor("in.images"), recording.Tensor("in.noise"));
        var patches = mae.Part<PatchEmbedding>("patch_embed").Patches(images);
        recording.Hold("out.patchify", mae.InOrderOfPrediction(patches));

        foreach (var variant in recording.Config.GetProperty("variants").EnumerateObject())
        {
            foreach (var normPixLoss in (bool[])[false, true])
            {
                var prefix = $"{variant.Name}.{(normPixLoss ? "norm" : "raw")}.";
                if (recording.Has(prefix + "loss")) Hold(recording, mae, prefix, images, noise, variant.Value.GetDouble(), normPixLoss);
            }
        }
        CheckKeptPatches(recording);
    }

    private static void Hold(Recording recording, Mae mae, string prefix, Tensor images, Tensor noise, double ratio, bool normPixLoss)
    {
        mae.zero_grad();
        var output = mae.Forward(images, noise, ratio, normPixLoss);
        output.Loss.backward();
        recording.Hold(prefix + "mask", output.Mask, null);
        recording.Hold(prefix + "pred", output.Prediction);
        recording.Hold(prefix + "loss", output.Loss);
        recording.HoldGradients(mae, prefix + "grad.", prefix + "grad_norm");

        var masking = RandomMasking.From(noise, ratio);
        recording.Hold(prefix + "ids_restore", masking.Place);
        recording.Hold(prefix + "ids_keep", masking.Kept);
        recording.Hold(prefix + "ids_shuffle", masking.Place.argsort(1));
        recording.Hold(prefix + "latent", mae.Encode(mae.Part<PatchEmbedding>("patch_embed").Patches(images), masking));
    }

    private static void CheckKeptPatches(Recording recording)
    {
        if (!recording.Case.TryGetProperty(KeptPatches, out var table)) return;
        foreach (var entry in table.EnumerateObject())
        {
            var parts = entry.Name.Split('@');
            var patches = int.Parse(parts[0], CultureInfo.InvariantCulture);
            var ratio = double.Parse(parts[1], CultureInfo.InvariantCulture);
            var kept = entry.Value.GetInt32();
            recording.Verdict.Same($"kept patches of {entry.Name} in the model", kept, RandomMasking.CountKept(patches, ratio));
            recording.Verdict.Same($"kept patches of {entry.Name} in the masks", kept, RandomMask.Keep(patches, ratio));
        }
    }
}
