namespace AspireFed.Contracts.Specs;

/// <summary>The tokenizers that the Tokenizer service knows.</summary>
public enum TokenizerKind
{
    RandomProjection,
    DallE,
    Dvae,
}
