namespace AspireFed.Weights;

/// <summary>Formats of files of weights.</summary>
public enum CheckpointKind
{
    Safetensors,

    /// <summary>A zip archive, as PyTorch writes it since 1.6.</summary>
    TorchZip,

    /// <summary>As PyTorch wrote it before.</summary>
    TorchLegacy,

    /// <summary>A plain pickle that holds tensors.</summary>
    Pickle,

    /// <summary>NumPy's archive of arrays, as the first vision transformers were published.</summary>
    Npz,
}
