namespace AspireFed.Contracts.Documents;

/// <summary>A client's update: where its weights are, how much it counts, and how the local training went.</summary>
/// <param name="Samples">Training images of the client: its weight in FedAvg (McMahan et al. 2017).</param>
/// <param name="Loss">Mean training loss over the round; NaN-free; 0 in round 0.</param>
/// <param name="Images">Images that went through the model in this round.</param>
/// <param name="TrainSeconds">Wall time of local training.</param>
/// <param name="TransferSeconds">Wall time of fetching the global weights and sending the update.</param>
/// <param name="WaitSeconds">Wall time between the command's acceptance and the start of work: the trainer was busy with others.</param>
/// <param name="Transfer">Of round 0: what was taken over from earlier weights, where the stage starts from any.</param>
public sealed record UpdateManifest(
    RoundKey Key, ClientId Client, string Trainer, ObjectRef Weights, long Samples, double Loss, long Images,
    double TrainSeconds, double TransferSeconds, double WaitSeconds, TransferReport? Transfer = null);
