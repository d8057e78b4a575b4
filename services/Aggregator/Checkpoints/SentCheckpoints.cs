using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;

namespace AspireFed.Aggregator.Checkpoints;

/// <summary>Weights that people have sent to begin experiments with, in the ledger by their hash.</summary>
public sealed class SentCheckpoints(ExperimentLedger ledger, ScratchFolder scratch, TimeProvider time)
{
    /// <summary>The weights of this hash, or null where nobody has sent them.</summary>
    public Task<CheckpointRecord?> FindAsync(string sha256, CancellationToken cancel) =>
        ledger.ReadAsync<CheckpointRecord>(ObjectNames.CheckpointRecord(sha256), cancel);

    /// <summary>Takes weights in. Sent twice they lie there once.</summary>
    /// <param name="file">Name of their file, for people.</param>
    /// <exception cref="InputException">What came has another hash; nothing is kept.</exception>
    public async Task<CheckpointRecord> TakeAsync(string sha256, string file, Stream body, CancellationToken cancel)
    {
        var path = scratch.PrivatePath();
        try
        {
            await using (var copy = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 1 << 20)) await body.CopyToAsync(copy, cancel);
            var came = await ContentHash.OfFileAsync(path, cancel);
            if (came.Sha256 != sha256)
                throw new InputException($"The file {file} arrived with the SHA-256 {came.Sha256} and not with {sha256}; send it again.");
            var weights = await ledger.Store.PutFileAsync(ObjectNames.CheckpointWeights(sha256), path, cancel);
            var record = new CheckpointRecord(file, weights, time.GetUtcNow());
            await ledger.WriteAsync(ObjectNames.CheckpointRecord(sha256), record, cancel);
            return record;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
