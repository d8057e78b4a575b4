using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Takes a user's wish to stop an experiment: into the ledger first, so that it outlives a crash.</summary>
public sealed class ExperimentCancellation(ExperimentLedger ledger, ExperimentCatalog catalog, ExperimentEnding ending)
{
    public async Task CancelAsync(ExperimentHistory history, CancellationToken cancel)
    {
        await ledger.Store.PutAsync(ObjectNames.Cancellation(history.Id), "{}"u8.ToArray(), cancel);
        if (catalog.StopIfRunning(history.Id) || catalog.FindOpen(history.Id) is null) return;
        await ending.EndAsync(history, ExperimentEnd.Cancelled, ExperimentEnding.CancelledByUser, cancel);
    }
}
