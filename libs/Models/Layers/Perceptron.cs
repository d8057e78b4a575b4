using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>A block's two-layer perceptron with the exact GELU.</summary>
internal sealed class Perceptron : Module<Tensor, Tensor>
{
    [ComponentName(Name = "fc1")] private readonly Dense _fc1;
    [ComponentName(Name = "fc2")] private readonly Dense _fc2;

    public Perceptron(int width, int hidden) : base(nameof(Perceptron))
    {
        register_module("fc1", _fc1 = new Dense(width, hidden));
        register_module("fc2", _fc2 = new Dense(hidden, width));
    }

    public override Tensor forward(Tensor input)
    {
        using var hidden = _fc1.forward(input);
        using var active = functional.gelu(hidden);
        return _fc2.forward(active);
    }
}
