using AspireFed.Aggregation;
using AspireFed.Contracts.Documents;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;
using AspireFed.Weights;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Fetches an update and checks that it is what its manifest says and that its weights can count.</summary>
public sealed class UpdateVerifier(WeightFiles files, TimeProvider time)
{
    /// <returns>The local file of a good update, or null and the reason why it is refused.</returns>
    /// <exception cref="ObjectStoreException">The store cannot be reached; says nothing about the update.</exception>
    public async Task<(string? File, string Reason)> VerifyAsync(OpenRound round, UpdateManifest manifest, CancellationToken cancel)
    {
        using var trace = Telemetry.Activities.StartActivity("verify");
        trace?.SetTag("aspirefed.client", manifest.Client.Name);
        // Round 0 makes the weights of a new stage: the last stage's model, which it starts from, has other tensors.
        var start = round.Key.Round > 0 && round.Opening.Start is { } reference ? await files.FetchAsync(reference, cancel) : null;
        var began = time.GetTimestamp();
        string file;
        try
        {
            file = await files.FetchAsync(manifest.Weights, cancel);
        }
        catch (ObjectStoreException e) when (e.IsAboutTheObject)
        {
            return (null, $"Its weights cannot be had: {e.Message}");
        }
        finally
        {
            round.FetchSeconds += time.GetElapsedTime(began).TotalSeconds;
        }
        round.FetchedBytes += manifest.Weights.Size;
        Telemetry.BytesMoved.Add(manifest.Weights.Size, new KeyValuePair<string, object?>("direction", "fetch"));

        began = time.GetTimestamp();
        var refusal = await Task.Run(() => Refusal(file, manifest.Weights.Name, start, cancel), cancel);
        round.AggregationSeconds += time.GetElapsedTime(began).TotalSeconds;
        return refusal is null ? (file, "") : (null, refusal);
    }

    private static string? Refusal(string file, string name, string? start, CancellationToken cancel)
    {
        using var expected = start is null ? null : SafetensorsFile.Open(start);
        try
        {
            using var update = SafetensorsFile.Open(file);
            return UpdateCheck.Refusal(update, expected, cancel);
        }
        catch (WeightsException e)
        {
            return e.Message.Replace(file, name, StringComparison.Ordinal);
        }
    }
}
