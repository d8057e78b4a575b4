namespace AspireFed.Contracts.Documents;

/// <summary>How good the global model of a fine-tuning round is on the test images, over all and per site.</summary>
public sealed record RoundMetrics(
    RoundKey Key, IReadOnlyList<string> Classes, ClassificationMetrics Overall, IReadOnlyDictionary<string, ClassificationMetrics> Sites);
