using TorchSharp.Modules;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>A model of the fine-tuning stage.</summary>
public abstract class ImageClassifier(string name, ModelShape shape, int classes) : VisionModel(name, shape)
{
    public int Classes => classes;

    /// <summary>The weight of the last linear map, which is drawn anew when pre-trained weights are taken over.</summary>
    internal abstract Parameter HeadWeight { get; }

    /// <summary>What the head sees, [B, D].</summary>
    internal abstract Tensor Features(Tensor images, Generator? dropPath = null);

    /// <param name="images">[B, 3, H, W], normalised.</param>
    /// <param name="dropPath">A generator on the processor; needed in training where the model drops paths.</param>
    /// <returns>Logits, [B, classes].</returns>
    public abstract Tensor Forward(Tensor images, Generator? dropPath = null);
}
