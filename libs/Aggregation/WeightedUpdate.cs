using AspireFed.Weights;

namespace AspireFed.Aggregation;

/// <summary>A client's weights and how much they count; for FedAvg, its number of samples.</summary>
public sealed record WeightedUpdate(SafetensorsFile File, double Weight);
