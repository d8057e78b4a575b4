using TorchSharp.Modules;
using TorchSharp.Utils;
using static TorchSharp.torch;
using static TorchSharp.torch.nn;

namespace AspireFed.Models.Layers;

/// <summary>
/// Projects patches to tokens. The weight has the shape of the convolution that it stands for; as a product of matrices it can be given
/// the visible patches alone.
/// </summary>
internal sealed class PatchEmbedding : Module<Tensor, Tensor>
{
    [ComponentName(Name = "proj")] private readonly Kernel _proj;
    private readonly int _patch;

    public PatchEmbedding(ModelShape shape) : base(nameof(PatchEmbedding))
    {
        _patch = shape.PatchSize;
        register_module("proj", _proj = new Kernel(shape));
    }

    public Parameter Weight => _proj.Weight;

    public Parameter Bias => _proj.Bias;

    /// <summary>[B, 3, H, W] to [B, L, 3 * P * P], each patch in (channel, row, column) order.</summary>
    public Tensor Patches(Tensor images)
    {
        using var scope = NewDisposeScope();
        var (count, rows, columns) = (images.shape[0], images.shape[2] / _patch, images.shape[3] / _patch);
        return images.reshape(count, 3, rows, _patch, columns, _patch).permute(0, 2, 4, 1, 3, 5)
            .reshape(count, rows * columns, 3 * _patch * _patch).MoveToOuterDisposeScope();
    }

    /// <summary>[..., 3 * P * P] to [..., D].</summary>
    public Tensor Project(Tensor patches) => _proj.forward(patches);

    /// <summary>[B, 3, H, W] to [B, L, D].</summary>
    public override Tensor forward(Tensor images)
    {
        using var patches = Patches(images);
        return Project(patches);
    }

    private sealed class Kernel : Module<Tensor, Tensor>
    {
        [ComponentName(Name = "weight")] private readonly Parameter _weight;
        [ComponentName(Name = "bias")] private readonly Parameter _bias;

        public Kernel(ModelShape shape) : base(nameof(Kernel))
        {
            register_parameter("weight", _weight = Parameter(zeros(shape.Width, 3, shape.PatchSize, shape.PatchSize)));
            register_parameter("bias", _bias = Parameter(zeros(shape.Width)));
        }

        public Parameter Weight => _weight;

        public Parameter Bias => _bias;

        public override Tensor forward(Tensor patches)
        {
            using var matrix = _weight.flatten(1);
            return functional.linear(patches, matrix, _bias);
        }
    }
}
