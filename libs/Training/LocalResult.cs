using AspireFed.Contracts.Documents;

namespace AspireFed.Training;

/// <summary>What came out of a client's local training.</summary>
/// <param name="Samples">Images that the client trains on: its weight in the average.</param>
/// <param name="Images">Images that went through the model.</param>
/// <param name="Loss">Mean over the steps.</param>
/// <param name="Transfer">Of round 0: what was taken over from earlier weights, where the stage starts from any.</param>
public sealed record LocalResult(long Samples, long Images, double Loss, TransferReport? Transfer = null);
