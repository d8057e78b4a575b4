using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>A convolution that keeps height and width, under the names of the public DALL-E checkpoints.</summary>
internal sealed class DalleConvolution : Module<Tensor, Tensor>
{
    private const int Lanes = 16;

    [ComponentName(Name = "w")] private readonly Parameter _weight;
    [ComponentName(Name = "b")] private readonly Parameter _bias;
    private readonly int _kernel;

    public DalleConvolution(int from, int to, int kernel) : base(nameof(DalleConvolution))
    {
        ArgumentOutOfRangeException.ThrowIfEqual(kernel % 2, 0, nameof(kernel));
        _kernel = kernel;
        register_parameter("w", _weight = Parameter(zeros(to, from, kernel, kernel)));
        register_parameter("b", _bias = Parameter(zeros(to)));
    }

    public override Tensor forward(Tensor input)
    {
        using var scope = NewDisposeScope();
        Tensor weight = _weight;
        if (Missing(input.shape[1]) is var missing and > 0)
        {
            input = functional.pad(input, [0, 0, 0, 0, 0, missing]);
            weight = functional.pad(weight, [0, 0, 0, 0, 0, missing]);
        }
        return functional.conv2d(input, weight, _bias, padding: [(_kernel - 1) / 2, (_kernel - 1) / 2]).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// Channels to a whole number of vectors. oneDNN 3.7.1, which this libtorch holds, reads past the channels on AVX-512 where there are
    /// more than one vector and no whole number of them, several images and a kernel above 1: a third of the value is wrong then, or it is
    /// no number. The public checkpoint's widths are whole.
    /// </summary>
    private static long Missing(long channels) => channels > Lanes ? (Lanes - (channels % Lanes)) % Lanes : 0;

    /// <summary>Normal numbers whose variance is one over the inputs of a place; no bias.</summary>
    public void Initialize(Generator generator) =>
        Draw.Normal(_weight, 1 / Math.Sqrt((double)_weight.numel() / _weight.shape[0]), generator);
}
