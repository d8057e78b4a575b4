namespace AspireFed.Contracts.Specs;

/// <summary>
/// The reference's augmentations, chosen by name and not by the name of the data set: those of its Retina, COVID-FL and all other sets,
/// and crop with flip alone (Yan et al., Table X).
/// </summary>
public enum AugmentationPreset
{
    Derm,
    Retina,
    CovidFl,
    CropFlip,
}
