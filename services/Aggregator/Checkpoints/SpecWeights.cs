using System.Text.RegularExpressions;
using AspireFed.Contracts;
using AspireFed.Contracts.Specs;

namespace AspireFed.Aggregator.Checkpoints;

/// <summary>Finds the weights that a spec names.</summary>
public sealed partial class SpecWeights(SentCheckpoints sent)
{
    private const string Init = "init", Tokenizer = "pretrain.tokenizer.weights";

    /// <param name="mustBeThere">Whether weights that nobody has sent yet are a fault.</param>
    public async Task<(IReadOnlyList<SpecFault> Faults, ObjectRef? Init, ObjectRef? Tokenizer)> FindAsync(
        ExperimentSpec spec, Func<string, int> lineOf, bool mustBeThere, CancellationToken cancel)
    {
        List<SpecFault> faults = [];
        return (faults, await FindAsync(Init, spec.Init), await FindAsync(Tokenizer, spec.Pretrain?.Tokenizer.Weights ?? ""));

        async Task<ObjectRef?> FindAsync(string key, string name)
        {
            if (name.Length == 0) return null;
            if (Name().Match(name) is not { Success: true } match)
            {
                Report($"`{name}` is no name of weights in the store; `fed run` sends a file and puts its name here, `checkpoints/<sha256>`.");
                return null;
            }
            if (await sent.FindAsync(match.Groups[1].Value, cancel) is { } record) return record.Weights;
            if (mustBeThere) Report($"There are no weights `{name}` in the store; name their file and let `fed run` send it.");
            return null;

            void Report(string message) => faults.Add(new SpecFault(key, lineOf(key), message));
        }
    }

    [GeneratedRegex(@"^checkpoints/([0-9a-f]{64})\z")]
    private static partial Regex Name();
}
