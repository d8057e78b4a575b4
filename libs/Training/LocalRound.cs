using AspireFed.Contracts;
using AspireFed.Contracts.Documents;

namespace AspireFed.Training;

/// <summary>One client's work in one round, all of it named by files.</summary>
/// <param name="GlobalWeights">Safetensors file of the round's start.</param>
/// <param name="OptimizerStateIn">The client's optimiser state after its last round; null where it starts afresh.</param>
/// <param name="UpdatedWeights">Where the trained weights are written.</param>
/// <param name="OptimizerStateOut">Where the optimiser state is written.</param>
/// <param name="TokenizerWeights">Weights of the tokenizer behind BEiT's targets, where it has any.</param>
public sealed record LocalRound(
    ExperimentRecord Experiment, RoundKey Key, ClientId Client, string GlobalWeights, string? OptimizerStateIn, string UpdatedWeights,
    string OptimizerStateOut, ObjectRef? TokenizerWeights = null);
