namespace AspireFed.Aggregator.Rounds;

/// <summary>The experiment cannot go on; the message is the one sentence that its outcome will say.</summary>
public sealed class ExperimentFailedException(string reason) : Exception(reason);
