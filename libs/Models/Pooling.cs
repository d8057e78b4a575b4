namespace AspireFed.Models;

/// <summary>What a classifier looks at: the mean of the patch tokens, or the class token.</summary>
public enum Pooling
{
    Mean,
    ClassToken,
}
