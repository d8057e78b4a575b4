using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>The residual block of BEiT's discrete VAE.</summary>
internal sealed class DvaeResidual : Module<Tensor, Tensor>
{
    [ComponentName(Name = "net")] private readonly Sequential _net;

    public DvaeResidual(int width) : base(nameof(DvaeResidual))
    {
        register_module("net", _net = Sequential(
            ("0", Conv2d(width, width, 3, padding: 1)), ("1", ReLU()), ("2", Conv2d(width, width, 3, padding: 1)), ("3", ReLU()),
            ("4", Conv2d(width, width, 1))));
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        return (_net.forward(input) + input).MoveToOuterDisposeScope();
    }
}
