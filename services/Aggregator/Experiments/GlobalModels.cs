using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Reads global models from the ledger for those who have no access to the object store.</summary>
public sealed class GlobalModels(ExperimentLedger ledger, ScratchFolder scratch)
{
    /// <summary>The model's bytes, checked against its hash before the first of them is given out.</summary>
    /// <exception cref="ObjectStoreException">The store does not have what the reference says.</exception>
    public async Task<Stream> OpenAsync(ObjectRef model, CancellationToken cancel)
    {
        var path = scratch.PrivatePath();
        await ledger.Store.GetFileAsync(model, path, cancel);
        return new FileStream(path, new FileStreamOptions
        {
            Options = FileOptions.DeleteOnClose | FileOptions.Asynchronous | FileOptions.SequentialScan,
        });
    }

    /// <summary>Why a model is not there, where the spec has dropped it; null where it should be there.</summary>
    public async Task<string?> WhyDroppedAsync(ExperimentHistory history, RoundKey key, CancellationToken cancel)
    {
        var rule = new KeepRule(
            history.Record.Spec, history.Rounds.Select(round => round.Commit.Decision.Key), history.Evaluations, goesOn: history.Outcome is null);
        if (rule.Keeps(key)) return null;
        var there = (await StageObjects.ListAsync(ledger, history.Id, key.Stage, cancel)).Models.Select(model => model.Round).ToList();
        var stage = key.Stage.ToName();
        return there.Contains(key.Round)
            ? null
            : $"The model of {stage} round {key.Round} is no longer there, since the spec's `keep` has dropped it; of {stage} there are the rounds {string.Join(", ", there)}.";
    }
}
