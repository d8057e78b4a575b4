namespace AspireFed.Contracts;

/// <summary>A phase of an experiment with its own rounds and its own kind of model.</summary>
public enum Stage
{
    Tokenizer,
    Pretrain,
    Finetune,
}
