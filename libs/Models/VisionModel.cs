using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>
/// A model that is trained. Its tensors carry the names of the public PyTorch checkpoints and start at zero: <see cref="Initialize"/>
/// draws them, or <see cref="ModelFile"/> loads them.
/// </summary>
public abstract class VisionModel(string name, ModelShape shape) : nn.Module(name)
{
    public ModelShape Shape => shape;

    /// <summary>Draws the start values. For a model on the processor, from a generator on the processor.</summary>
    public abstract void Initialize(Generator generator);
}
