using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.LiveView;

/// <summary>An event of a story and its place in it.</summary>
/// <param name="Id">Grows along the story; a reader goes on after the last one that it has seen.</param>
public sealed record LiveEvent(string Id, ExperimentEvent Event);
