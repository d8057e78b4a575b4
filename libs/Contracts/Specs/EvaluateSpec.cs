using System.ComponentModel;
using System.ComponentModel.DataAnnotations;

namespace AspireFed.Contracts.Specs;

/// <summary>When the Evaluator looks at a global model.</summary>
public sealed record EvaluateSpec
{
    [Range(1, 100_000), Description("Evaluate every so many fine-tuning rounds, and the last one always.")]
    public int Every { get; init; } = 1;

    [Range(1, 65_536), Description("Images that are classified at once; changes no result.")]
    public int BatchSize { get; init; } = 128;

    [Description("Whether the report shows test images beside what a trained tokenizer keeps of them. They then leave the Evaluator's site.")]
    public bool Pictures { get; init; }

    /// <summary>Whether this round's model is evaluated.</summary>
    public bool Includes(int round, int rounds) => round == rounds || (round > 0 && round % Every == 0);
}
