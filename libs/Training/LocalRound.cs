using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Training.Resuming;

namespace AspireFed.Training;

/// <summary>One client's work in one round, all of it named by files.</summary>
/// <param name="GlobalWeights">Safetensors file of the round's start.</param>
/// <param name="OptimizerStateIn">The client's optimiser state after its last round; null where it starts afresh.</param>
/// <param name="UpdatedWeights">Where the trained weights are written.</param>
/// <param name="OptimizerStateOut">Where the optimiser state is written.</param>
/// <param name="TokenizerWeights">Weights of the tokenizer behind BEiT's targets, where it has any.</param>
public sealed record LocalRound(
    ExperimentRecord Experiment, RoundKey Key, ClientId Client, string GlobalWeights, string? OptimizerStateIn, string UpdatedWeights,
    string OptimizerStateOut, ObjectRef? TokenizerWeights = null)
{
    /// <summary>Keeps the steps that have been made; null where the round is always trained from its beginning.</summary>
    public IStepSaves? Saves { get; init; }

    /// <summary>Writes a file that came of the round, and may begin again: hours of work are not lost to a full disk.</summary>
    public Action<string, Action<string>> Write { get; init; } = (path, write) => write(path);
}
