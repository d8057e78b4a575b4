namespace AspireFed.Aggregator.Leading;

/// <summary>What was asked is for the Aggregator that leads.</summary>
public sealed class StandsByException() : Exception(
    "This aggregator does not lead: another one does, or Redis or the object store do not answer it; its log says which. Ask again in some seconds.");
