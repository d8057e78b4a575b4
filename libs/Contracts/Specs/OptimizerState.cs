namespace AspireFed.Contracts.Specs;

/// <summary>Keep: a client's AdamW moments live on over the rounds, as in the reference. Reset: every round starts afresh.</summary>
public enum OptimizerState
{
    Keep,
    Reset,
}
