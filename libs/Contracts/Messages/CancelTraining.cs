namespace AspireFed.Contracts.Messages;

/// <summary>Tells every trainer to drop what it does for an experiment that was cancelled or has failed.</summary>
public sealed record CancelTraining(string Experiment, string Reason);
