using AspireFed.Models;
using AspireFed.Models.Layers;
using AspireFed.Tests.Parity.Recordings;
using AspireFed.Training.Objectives;
using TorchSharp;
using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>BEiT's masked image modelling, forwards and backwards.</summary>
internal sealed class BeitPretrainingKind() : CaseKind("beit-pretraining")
{
    public override bool Fits(Recording recording) => recording.IsOfModel("VisionTransformerForMaskedImageModeling");

    public override void Check(Recording recording)
    {
        var config = recording.Config;
        using var beit = new BeitPretraining(
            RecordedModels.Shape(config), config.GetProperty("vocab_size").GetInt32(), RecordedModels.Beit(config));
        ModelFile.Load(beit, recording.Weights("weights.safetensors"));
        var (images, mask) = (recording.Tensor("in.images"), recording.Tensor("in.bool_masked_pos"));
        var (tokens, labels) = (recording.Tensor("in.token_ids"), recording.Tensor("in.labels"));

        var logits = beit.Forward(images, mask);
        var loss = Losses.MaskedTokens(logits, tokens, mask);
        loss.backward();

        recording.Hold("out.logits", logits);
        recording.Hold("out.loss", loss);
        recording.Hold("out.mlm_acc", logits.argmax(-1).eq(labels).to(ScalarType.Float32).mean());
        recording.HoldGradients(beit, "grad.", "out.grad_norm");
        recording.Hold("out.patch_embed", beit.Part<PatchEmbedding>("patch_embed").forward(images));
        if (recording.Has("out.rel_pos_bias"))
            recording.Hold("out.rel_pos_bias", beit.Part<RelativePositionBias>("rel_pos_bias").Forward());
        var features = beit.Part<LayerNorm>("norm").forward(beit.Tokens(images, mask));
        recording.Hold("out.features", features);
        recording.Hold("out.logits_all", beit.Part<Dense>("lm_head").forward(features.narrow(1, 1, beit.Shape.Patches)));
    }
}
