namespace AspireFed.Contracts;

/// <summary>The names of the stages as they stand in specs and object names.</summary>
public static class StageNames
{
    public static string ToName(this Stage stage) => stage switch
    {
        Stage.Tokenizer => "tokenizer",
        Stage.Pretrain => "pretrain",
        Stage.Finetune => "finetune",
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, null),
    };
}
