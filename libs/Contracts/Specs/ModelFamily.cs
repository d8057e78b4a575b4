namespace AspireFed.Contracts.Specs;

/// <summary>Decides the method of pre-training and the architecture of the fine-tuned classifier.</summary>
public enum ModelFamily
{
    Mae,
    Beit,
}
