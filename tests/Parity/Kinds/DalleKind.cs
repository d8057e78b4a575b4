using System.Text.Json;
using AspireFed.Models;
using AspireFed.Tests.Parity.Recordings;
using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>DALL-E's autoencoder: from pictures to tokens and back.</summary>
internal sealed class DalleKind() : CaseKind("DALL-E tokenizer")
{
    private const string EncoderParts = "act.encoder.", DecoderParts = "act.decoder.";

    public override bool Fits(Recording recording) =>
        recording.Config.TryGetProperty("encoder", out _) && recording.Config.TryGetProperty("decoder", out _);

    /// <summary>The encoder of a recording of this kind.</summary>
    public static DalleEncoder Encoder(Recording recording)
    {
        var config = recording.Config.GetProperty("encoder");
        var encoder = new DalleEncoder(Of(config, "n_hid"), Of(config, "n_blk_per_group"), Of(config, "vocab_size"));
        ModelFile.Load(encoder, recording.Weights("encoder.safetensors"));
        return encoder;
    }

    public override void Check(Recording recording)
    {
        using var _ = no_grad();
        using var encoder = Encoder(recording);
        using var decoder = Decoder(recording);
        var images = recording.Tensor("in.images01");

        var mapped = DalleEncoder.MapPixels(images);
        var logits = encoder.Forward(mapped);
        recording.Hold("out.mapped", mapped);
        recording.Hold("out.logits", logits);
        recording.Hold("out.codebook_probs", logits.softmax(1));
        HoldTokens(recording, encoder.Tokens(images), logits);
        HoldParts(recording, encoder, EncoderParts, mapped, spatialMeans: false);

        var tokens = recording.Tensor("out.indices");
        var oneHot = nn.functional.one_hot(tokens, decoder.Vocabulary).permute(0, 3, 1, 2).to(ScalarType.Float32);
        recording.Hold("out.decoder_stats", decoder.Forward(oneHot));
        recording.Hold("out.reconstruction", decoder.Pictures(tokens));
        HoldParts(recording, decoder, DecoderParts, oneHot, spatialMeans: true);
    }

    /// <summary>Tokens must agree wherever the best is clearly better than the second.</summary>
    private static void HoldTokens(Recording recording, Tensor tokens, Tensor logits)
    {
        var lead = recording.Tensor("out.top1_minus_top2");
        var best = logits.topk(2, 1).values;
        recording.Hold("out.top1_minus_top2", best.select(1, 0) - best.select(1, 1));
        var stated = recording.Case.GetProperty("tolerances").GetProperty("out.indices").GetString()!;
        var clear = double.Parse(stated[(stated.LastIndexOf('>') + 1)..], System.Globalization.CultureInfo.InvariantCulture);
        var different = recording.Tensor("out.indices").ne(tokens).logical_and(lead.gt(tensor(clear)));
        recording.Verdict.Same("tokens that differ clearly", 0, different.sum().item<long>());
    }

    /// <summary>What comes out of each part, one after the other.</summary>
    private static void HoldParts(Recording recording, nn.Module model, string prefix, Tensor input, bool spatialMeans)
    {
        foreach (var (name, part) in ((nn.Module)model).named_children().Single().module.named_children())
        {
            input = ((nn.Module<Tensor, Tensor>)part).call(input);
            if (recording.Has(prefix + name)) recording.Hold(prefix + name, spatialMeans ? input.mean([2, 3]) : input);
        }
    }

    private static DalleDecoder Decoder(Recording recording)
    {
        var config = recording.Config.GetProperty("decoder");
        var decoder = new DalleDecoder(Of(config, "n_init"), Of(config, "n_hid"), Of(config, "n_blk_per_group"), Of(config, "vocab_size"));
        ModelFile.Load(decoder, recording.Weights("decoder.safetensors"));
        return decoder;
    }

    private static int Of(JsonElement config, string key) => config.GetProperty(key).GetInt32();
}
