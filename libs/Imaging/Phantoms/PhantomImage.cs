namespace AspireFed.Imaging.Phantoms;

/// <summary>One line of the tables of a phantom set.</summary>
internal sealed record PhantomImage(string File, bool Lesions, PhantomSite Site, bool Test, int Number)
{
    public const string Healthy = "healthy";
    public const string Lesion = "lesion";

    public int Label => Lesions ? 1 : 0;

    public string LabelName => Lesions ? Lesion : Healthy;
}
