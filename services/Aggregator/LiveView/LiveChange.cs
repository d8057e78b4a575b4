using AspireFed.Aggregator.Experiments;
using AspireFed.Contracts.Views;

namespace AspireFed.Aggregator.LiveView;

/// <summary>An event, and the clients whose state it changes.</summary>
/// <param name="Event">Null where nothing new is to be told and only a lost story is to be told again.</param>
/// <param name="Afresh">Whether <paramref name="Clients"/> are all that are to be shown from now on.</param>
public sealed record LiveChange(ExperimentHistory History, ExperimentEvent? Event, IReadOnlyList<ClientProgress> Clients, bool Afresh);
