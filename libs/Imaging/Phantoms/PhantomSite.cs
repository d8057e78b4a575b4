namespace AspireFed.Imaging.Phantoms;

/// <summary>A made-up hospital: its camera, how many images it has and how many of them show lesions.</summary>
/// <param name="Name">The name of its client.</param>
/// <param name="Share">Its number of training images, relative to the average site.</param>
/// <param name="Lesions">Share of its training images that have lesions.</param>
/// <param name="Camera">What its pictures look like.</param>
internal sealed record PhantomSite(string Name, double Share, double Lesions, PhantomCamera Camera)
{
    // So unequal that it shows, and yet two trainers that share the sites have the same number of images.
    public static IReadOnlyList<PhantomSite> All { get; } =
    [
        new("alder", 1.4375, 0.40, new(1.00, 1.00, 1.00, 1.00, 0.97, 0.30, 0.25, 0.012)),
        new("birch", 1.375, 0.60, new(1.12, 0.92, 0.70, 0.90, 1.08, 0.15, 0.55, 0.020)),
        new("cedar", 1.125, 0.30, new(0.85, 1.08, 1.25, 1.05, 1.50, 0.45, 0.35, 0.030)),
        new("hazel", 0.625, 0.70, new(1.05, 1.12, 0.95, 0.80, 0.90, 0.20, 0.70, 0.015)),
        new("maple", 0.4375, 0.50, new(0.80, 0.85, 0.90, 1.15, 1.00, 0.35, 0.40, 0.038)),
    ];

    public int TrainImages(PhantomSettings settings) => (int)Math.Round(settings.TrainPerSite * Share);
}
