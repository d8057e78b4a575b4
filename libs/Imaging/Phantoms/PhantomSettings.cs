using System.ComponentModel.DataAnnotations;

namespace AspireFed.Imaging.Phantoms;

/// <summary>How large the made-up data set is. The same settings give the same pictures.</summary>
public sealed record PhantomSettings
{
    public long Seed { get; init; } = 1;

    /// <summary>Side of the square pictures.</summary>
    [Range(32, 1024)]
    public int Size { get; init; } = 64;

    /// <summary>Training images of a site on average; sites have from less than a half to nearly one and a half of it.</summary>
    [Range(20, 100_000)]
    public int TrainPerSite { get; init; } = 160;

    /// <summary>Test images of each site; half of them have lesions.</summary>
    [Range(2, 100_000)]
    public int TestPerSite { get; init; } = 60;

    /// <summary>All images that will be written.</summary>
    public int Images => PhantomSite.All.Sum(site => site.TrainImages(this) + TestPerSite);
}
