using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>The vision transformer that is trained.</summary>
public sealed record ModelSpec
{
    [Description("`mae`: plain ViT, pre-trained by reconstructing masked patches. `beit`: relative positions and layer scale, pre-trained by predicting visual tokens.")]
    public ModelFamily Family { get; init; } = ModelFamily.Mae;

    [Description("`nano` sees 64 px in patches of 8; the others 224 px in patches of 16.")]
    public ModelSize Size { get; init; } = ModelSize.Nano;

    [Description("Numbers in which matrix products are computed; weights stay fp32.")]
    public Precision Precision { get; init; } = Precision.Fp32;

    [Range(1, 256), Description("Processor threads of one trainer. Part of the spec because it changes the last bits of a sum.")]
    public int Threads { get; init; } = 1;

    [Range(0.0, 1.0), Description("Start value of the layer scale (BEiT only); 0 turns it off.")]
    public double LayerScale { get; init; } = 0.1;
}
