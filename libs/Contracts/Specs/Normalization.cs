namespace AspireFed.Contracts.Specs;

/// <summary>Per-channel mean and deviation: ImageNet's, or those the reference uses for its Retina set.</summary>
public enum Normalization
{
    Imagenet,
    Retina,
}
