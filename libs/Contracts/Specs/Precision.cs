namespace AspireFed.Contracts.Specs;

/// <summary>The number format of matrix products.</summary>
public enum Precision
{
    Fp32,
    Bf16,
}
