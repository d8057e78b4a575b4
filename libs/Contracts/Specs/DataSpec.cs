using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>Which images, dealt to clients how. The folders are those of the reference (SSL-FL): one per set, partitions inside it.</summary>
public sealed record DataSpec
{
    [Required, Description("Name of the data set: its folder under a data root.")]
    public string Set { get; init; } = "";

    [Required, Description("How images are dealt to clients: `central` or `<n>_clients/<split>`.")]
    public string Partition { get; init; } = "";

    [Description("Use these clients only; empty means all of the partition.")]
    public IReadOnlyList<string> Clients { get; init; } = [];

    [Range(0, 4096), Description("Squeeze every image once to a square of this side (bicubic) before anything else; 0 leaves it as it is.")]
    public int Resize { get; init; }

    [Description("Constants by which pixels are normalised.")]
    public Normalization Normalization { get; init; } = Normalization.Imagenet;
}
