using AspireFed.Training;

namespace AspireFed.ClientTrainer.State;

/// <summary>What local training gave and where its time went.</summary>
public sealed record LocalWork(LocalResult Result, double WaitSeconds, double FetchSeconds, double TrainSeconds);
