using AspireFed.Contracts;
using static TorchSharp.torch;

namespace AspireFed.Models;

/// <summary>Takes pre-trained weights over into a classifier: what pre-training and fine-tuning have in common.</summary>
public static class ModelTransfer
{
    /// <param name="model">Initialised; what the file does not hold keeps its start values, but the head's weight is drawn anew.</param>
    /// <param name="pretrained">Safetensors file of a MAE or BEiT, whole or its encoder alone.</param>
    /// <exception cref="InputException">The file is of another family or another size of model; the model is unchanged.</exception>
    public static TransferReport Load(ImageClassifier model, string pretrained, Generator generator) => throw new NotImplementedException();
}
