using AspireFed.Contracts.Specs;

namespace AspireFed.Contracts.Documents;

/// <summary>An accepted experiment; written once, never changed.</summary>
/// <param name="Id">The spec's name, a hyphen and what makes it unique.</param>
/// <param name="Clients">The clients of the federation, in ordinal order of their names.</param>
public sealed record ExperimentRecord(string Id, DateTimeOffset CreatedUtc, ExperimentSpec Spec, IReadOnlyList<ClientId> Clients);
