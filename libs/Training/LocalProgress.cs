namespace AspireFed.Training;

/// <summary>How far a local training is.</summary>
/// <param name="Loss">Mean over the steps since the last report; null before the first step.</param>
public sealed record LocalProgress(int Step, int Steps, double? Loss, double ImagesPerSecond);
