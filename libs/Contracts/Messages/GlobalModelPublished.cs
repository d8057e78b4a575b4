namespace AspireFed.Contracts.Messages;

/// <summary>A round has been committed and its global model is to be evaluated.</summary>
/// <param name="Last">Whether it ends the experiment: the results are written after its evaluation.</param>
public sealed record GlobalModelPublished(RoundKey Key, ObjectRef Spec, ObjectRef Weights, bool Last);
