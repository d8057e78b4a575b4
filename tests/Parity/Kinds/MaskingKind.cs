using System.Globalization;
using System.Text.Json;
using AspireFed.Contracts.Randomness;
using AspireFed.Imaging.Masks;
using AspireFed.Tests.Parity.Recordings;

namespace AspireFed.Tests.Parity.Kinds;

/// <summary>BEiT's block-wise masks: from recorded draws exactly, from draws of our own in the mean of many.</summary>
internal sealed class MaskingKind() : CaseKind("masking")
{
    private const string Traces = "traces.json";
    private const int Draws = 4000;

    // Of the reference, which has it fixed whatever the grid.
    private const int CellsOfTargets = 196;

    public override bool Fits(Recording recording) => recording.HasFile(Traces);

    public override void Check(Recording recording)
    {
        foreach (var trace in recording.Json(Traces).EnumerateArray()) Replay(recording, trace);
        foreach (var statistics in recording.Case.GetProperty("statistics").EnumerateObject()) Compare(recording, statistics);
        foreach (var target in recording.Case.GetProperty("num_mask_patches_from_ratio").EnumerateObject())
        {
            var ratio = double.Parse(target.Name, CultureInfo.InvariantCulture);
            recording.Verdict.Same($"patches to mask at {ratio}", target.Value.GetInt32(), BlockwiseMask.TargetOf(CellsOfTargets, ratio));
        }
    }

    private static void Replay(Recording recording, JsonElement trace)
    {
        var (generator, draws) = (Generator(trace), new RecordedDraws(trace.GetProperty("draws")));
        var mask = new bool[generator.Rows * generator.Columns];
        var count = generator.Draw(draws, mask);
        var name = trace.GetProperty("config").GetProperty("name").GetString();
        var expected = string.Concat(trace.GetProperty("mask").EnumerateArray().Select(row => row.GetString()));
        recording.Verdict.Same($"mask of {name}", expected, string.Concat(mask.Select(masked => masked ? '1' : '0')));
        recording.Verdict.Same($"patches of {name}", trace.GetProperty("count").GetInt32(), count);
        recording.Verdict.Same($"draws of {name} that are left", 0, draws.Left);
    }

    private static void Compare(Recording recording, JsonProperty recorded)
    {
        var generator = Generator(recorded.Value);
        var ours = MaskStatistics.Of(generator, Draws, RandomStream.Derive(7, recorded.Name));
        var theirs = recording.Config.GetProperty("draws").GetInt32();
        double Of(string key) => recorded.Value.GetProperty(key).GetDouble();
        void Hold(string what, double expected, double actual, double deviation, double counted, double countedThere) =>
            recording.Verdict.Hold(
                $"{recorded.Name}: {what}", expected, actual, new(0, 5 * deviation * Math.Sqrt((1 / counted) + (1 / countedThere))));
        double Spread(double p) => Math.Sqrt(Math.Max(p * (1 - p), 1e-4));

        var frequencies = recording.Values<double>($"{recorded.Name}.frequency");
        for (var cell = 0; cell < frequencies.Length; cell++)
            Hold($"frequency of cell {cell}", frequencies[cell], ours.Frequencies[cell], Spread(frequencies[cell]), Draws, theirs);
        Hold("share of full masks", Of("fraction_exact"), ours.Full, Spread(Of("fraction_exact")), Draws, theirs);
        Hold("share stopped early", Of("fraction_stopped_early"), 1 - ours.Full, Spread(Of("fraction_exact")), Draws, theirs);
        Hold("patches", Of("count_mean"), ours.Patches.Average(), Of("count_std"), Draws, theirs);
        Hold("blocks", Of("blocks_mean"), ours.Blocks.Average(), Of("blocks_std"), Draws, theirs);
        Hold(
            "patches of a block", Of("block_new_patches_mean"), ours.BlockSizes.Average(), Of("block_new_patches_std"),
            ours.BlockSizes.Count, theirs * Of("blocks_mean"));
        var spread = MaskStatistics.Deviation(ours.Neighbours);
        Hold("neighbours", Of("masked_neighbour_pairs_mean"), ours.Neighbours.Average(), spread, Draws, theirs);
        recording.Verdict.Same($"{recorded.Name}: most patches", Of("count_max"), ours.Patches.Max());
    }

    private static BlockwiseMask Generator(JsonElement of)
    {
        var config = of.GetProperty("config");
        int Of(string name) => config.GetProperty(name).GetInt32();
        if (config.GetProperty("max").ValueKind != JsonValueKind.Null)
            throw new NotSupportedException("A largest block below the number of patches to mask is not offered.");
        return new BlockwiseMask(Of("grid"), Of("grid"), Of("n"), Of("min"));
    }
}
