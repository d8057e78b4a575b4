using AspireFed.Contracts;
using AspireFed.Contracts.Specs;

namespace AspireFed.Aggregator.Experiments;

/// <summary>What came of checking a spec: all its faults, or none, the spec and the clients of the federation.</summary>
public sealed record SpecVerdict(IReadOnlyList<SpecFault> Faults, ExperimentSpec? Spec, IReadOnlyList<ClientId> Clients)
{
    /// <summary>The weights that `init` names.</summary>
    public ObjectRef? Init { get; init; }

    /// <summary>The weights that `pretrain.tokenizer.weights` names.</summary>
    public ObjectRef? TokenizerWeights { get; init; }
}
