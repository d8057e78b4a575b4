using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>
/// One experiment as a person writes it in YAML: the images, the model, the stages and the rules of the federation. An accepted spec
/// has every default filled in, so that what runs is what stands in the ledger.
/// </summary>
public sealed record ExperimentSpec
{
    [Required, RegularExpression("^[a-z0-9][a-z0-9-]{0,47}$"), Description("Lower-case letters, digits and hyphens, at most 48.")]
    public string Name { get; init; } = "";

    [Description("One line for people.")]
    public string Description { get; init; } = "";

    [Description("All randomness derives from it.")]
    public long Seed { get; init; }

    [Required, Description("Which images, dealt to clients how.")]
    public DataSpec Data { get; init; } = new();

    [Description("The vision transformer that is trained.")]
    public ModelSpec Model { get; init; } = new();

    [Description("Weights that the vision transformer begins with, instead of random ones: a file beside the spec (.safetensors, .pth, .npz), or an object `checkpoints/...`.")]
    public string Init { get; init; } = "";

    [Description("The rules of a round.")]
    public FederationSpec Federation { get; init; } = new();

    [Description("Trains a discrete VAE whose codes are the visual tokens of BEiT's pre-training; left out, pretrain.tokenizer names another source.")]
    public TokenizerTrainingSpec? Tokenizer { get; init; }

    [Description("Self-supervised stage; left out, the model is fine-tuned from random weights (training from scratch).")]
    public PretrainSpec? Pretrain { get; init; }

    [Description("Supervised stage; left out, the experiment ends with the pre-trained model.")]
    public FinetuneSpec? Finetune { get; init; }

    [Description("When the global model is evaluated.")]
    public EvaluateSpec Evaluate { get; init; } = new();

    [Description("Which weights stay in the object store; the last model of each stage always does.")]
    public KeepSpec Keep { get; init; } = new();

    /// <summary>The stages in the order in which they run.</summary>
    public IReadOnlyList<Stage> Stages()
    {
        List<Stage> stages = [];
        if (Tokenizer is not null) stages.Add(Stage.Tokenizer);
        if (Pretrain is not null) stages.Add(Stage.Pretrain);
        if (Finetune is not null) stages.Add(Stage.Finetune);
        return stages;
    }

    /// <summary>
    /// The round in which an update counts that came too late for this one. Null where there is none: the spec refuses late updates or
    /// has no such stage, the round makes the initial weights, or it is the last.
    /// </summary>
    public RoundKey? TakesLateOf(RoundKey round) =>
        Federation.Late == LatePolicy.Next && round.Round > 0 && Stages().Contains(round.Stage) && round.Round < Training(round.Stage).Rounds
            ? round with { Round = round.Round + 1 }
            : null;

    /// <summary>The settings of a stage.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The spec has no such stage.</exception>
    public LocalTrainingSpec Training(Stage stage) => stage switch
    {
        Stage.Tokenizer when Tokenizer is not null => Tokenizer,
        Stage.Pretrain when Pretrain is not null => Pretrain,
        Stage.Finetune when Finetune is not null => Finetune,
        _ => throw new ArgumentOutOfRangeException(nameof(stage), stage, "The experiment has no such stage."),
    };
}
