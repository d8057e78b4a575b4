using AspireFed.Imaging.DataSets;

namespace AspireFed.Training.Batches;

/// <summary>The images of one step.</summary>
/// <param name="Epoch">Local epoch in the round, from 0.</param>
/// <param name="Step">Step in the epoch, from 0.</param>
public sealed record PlannedBatch(int Epoch, int Step, IReadOnlyList<LabelledImage> Images);
