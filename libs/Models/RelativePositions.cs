namespace AspireFed.Models;

/// <summary>Where the attention's relative position bias comes from.</summary>
public enum RelativePositions
{
    None,

    /// <summary>One table for all blocks.</summary>
    Shared,

    /// <summary>A table in every block.</summary>
    PerBlock,
}
