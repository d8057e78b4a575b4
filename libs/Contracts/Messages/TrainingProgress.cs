namespace AspireFed.Contracts.Messages;

/// <summary>
/// A sign of life of a client that works on a round: renews its lease and feeds the live view. May be lost without harm.
/// </summary>
/// <param name="Step">Steps done, of <paramref name="Steps"/> in this round; both 0 while data and weights are fetched.</param>
/// <param name="Loss">Mean loss over the steps since the last report; null before the first step.</param>
/// <param name="ImagesPerSecond">Since the last report.</param>
public sealed record TrainingProgress(
    RoundKey Key, ClientId Client, string Trainer, TrainingPhase Phase, int Step, int Steps, double? Loss, double ImagesPerSecond);
