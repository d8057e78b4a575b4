namespace AspireFed.Weights.Torch.Pickles;

/// <summary>What the names in a pickle stand for.</summary>
internal interface IPickleTypes
{
    /// <summary>The value that calling a function or class would give, without calling anything.</summary>
    object? Call(object? function, object? arguments);

    /// <summary>The value that lies outside of the pickle under this id.</summary>
    object? Find(object? persistentId);
}
