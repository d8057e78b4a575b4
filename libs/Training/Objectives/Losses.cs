using TorchSharp;
using static TorchSharp.torch;

namespace AspireFed.Training.Objectives;

/// <summary>The losses of BEiT's pre-training and of fine-tuning; MAE's is part of its model.</summary>
public static class Losses
{
    /// <summary>Cross entropy of the visual tokens at the masked places, averaged over all of them in the batch.</summary>
    /// <param name="logits">[masked, vocabulary].</param>
    /// <param name="tokens">[batch, patches], int64.</param>
    /// <param name="mask">[batch, patches], true where masked.</param>
    public static Tensor MaskedTokens(Tensor logits, Tensor tokens, Tensor mask) =>
        nn.functional.cross_entropy(logits, tokens.masked_select(mask));

    /// <summary>Cross entropy against (1 - s) * one-hot + s / classes (Szegedy et al., 2016).</summary>
    /// <param name="labels">[batch], int64.</param>
    public static Tensor SmoothedLabels(Tensor logits, Tensor labels, double smoothing) =>
        nn.functional.cross_entropy(logits, labels, label_smoothing: smoothing);

    /// <summary>Cross entropy against a distribution a sample, as mixed images have.</summary>
    /// <param name="targets">[batch, classes].</param>
    public static Tensor SoftTargets(Tensor logits, Tensor targets) =>
        (targets * nn.functional.log_softmax(logits, -1)).sum(-1).mean().neg();
}
