using AspireFed.Contracts.Specs;

namespace AspireFed.Contracts.Documents;

/// <summary>An accepted experiment; written once, never changed.</summary>
/// <param name="Id">The spec's name, a hyphen and what makes it unique.</param>
/// <param name="Clients">The clients of the federation, in ordinal order of their names.</param>
/// <param name="Init">The weights that the spec's `init` names.</param>
/// <param name="TokenizerWeights">The weights that the spec's `pretrain.tokenizer.weights` names.</param>
public sealed record ExperimentRecord(string Id, DateTimeOffset CreatedUtc, ExperimentSpec Spec, IReadOnlyList<ClientId> Clients,
    ObjectRef? Init = null, ObjectRef? TokenizerWeights = null);
