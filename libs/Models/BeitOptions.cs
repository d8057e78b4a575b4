namespace AspireFed.Models;

/// <summary>What a BEiT model is made of. A table that is shared in pre-training becomes one a block in fine-tuning.</summary>
public sealed record BeitOptions
{
    /// <summary>Start value of the layer scale; 0 leaves it out.</summary>
    public double LayerScale { get; init; } = 0.1;

    /// <summary>Drop path of the last block; those before rise to it linearly from 0.</summary>
    public double DropPath { get; init; }

    /// <summary>Whether learned absolute positions are added to the tokens.</summary>
    public bool AbsolutePositions { get; init; }

    public RelativePositions RelativePositions { get; init; }

    /// <summary>Pooling of the classifier.</summary>
    public Pooling Pooling { get; init; } = Pooling.Mean;

    /// <summary>The reference's pre-training.</summary>
    public static BeitOptions Pretraining { get; } = new() { RelativePositions = RelativePositions.Shared };

    /// <summary>The reference's fine-tuning.</summary>
    public static BeitOptions Classification { get; } = new() { RelativePositions = RelativePositions.PerBlock };
}
