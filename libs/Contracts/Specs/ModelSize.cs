namespace AspireFed.Contracts.Specs;

/// <summary>Nano: 64 px, patch 8. Tiny, small, base and large: 224 px, patch 16.</summary>
public enum ModelSize
{
    Nano,
    Tiny,
    Small,
    Base,
    Large,
}
