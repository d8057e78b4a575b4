using System.Globalization;
using AspireFed.Aggregation;
using AspireFed.Aggregation.Rules;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Weights;

namespace AspireFed.Aggregator.Rounds;

/// <summary>Makes the global weights of a round. A pure function of the decision: the same bytes whoever does it, however often.</summary>
public sealed class GlobalModel(WeightFiles files, ScratchFolder scratch)
{
    /// <summary>Writes the average of the counted updates, weighted by their samples; one update alone is the average as it is.</summary>
    /// <returns>Path of the file.</returns>
    public async Task<string> WriteAsync(RoundDecision decision, CancellationToken cancel)
    {
        List<string> paths = [];
        foreach (var counted in decision.Counted) paths.Add(await files.FetchAsync(counted.Weights, cancel));
        if (paths is [var only]) return only;
        var path = scratch.NewPath();
        await Task.Run(() => Average(decision, paths, path, cancel), cancel);
        return path;
    }

    private static void Average(RoundDecision decision, List<string> paths, string path, CancellationToken cancel)
    {
        List<WeightedUpdate> updates = [];
        try
        {
            foreach (var (file, counted) in paths.Zip(decision.Counted)) updates.Add(new WeightedUpdate(SafetensorsFile.Open(file), counted.Samples));
            // No experiment id: the same spec gives the same bytes.
            var header = updates[0].File.Header.WithMetadata(new Dictionary<string, string>
            {
                ["format"] = "pt",
                ["stage"] = decision.Key.Stage.ToName(),
                ["round"] = decision.Key.Round.ToString(CultureInfo.InvariantCulture),
            });
            using var output = SafetensorsWriter.Create(path, header);
            new UpdateAverage(new FedAvg()).Write(updates, output, cancel);
            output.Complete();
        }
        finally
        {
            foreach (var update in updates) update.File.Dispose();
        }
    }
}
