using System.Globalization;
using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>The last rounds: who counted, and where the seconds and bytes went.</summary>
internal static class RoundTable
{
    public static Table Of(IReadOnlyList<RoundView> rounds, int atMost)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("stage");
        foreach (string column in (string[])["round", "updates", "loss", "seconds", "train", "transfer", "average", "wait", "moved"])
            table.AddColumn(column, added => added.RightAligned());
        table.AddColumn("left out");
        foreach (var (commit, timing) in rounds.TakeLast(atMost))
        {
            var key = commit.Decision.Key;
            string[] cells =
            [
                key.Stage.ToName(), Number(key.Round), Number(commit.Decision.Counted.Count),
                key.Round == 0 ? Figures.None : Figures.Loss(commit.Loss),
                Seconds(timing?.TotalSeconds), Seconds(timing?.TrainSeconds), Seconds(timing?.TransferSeconds),
                Seconds(timing?.AggregationSeconds), Seconds(timing?.WaitSeconds),
                timing is null ? Figures.None : Figures.Bytes(timing.Bytes),
                string.Join('\n', commit.Decision.LeftOut.Select(left => $"{left.Client.Name}: {left.Reason}")),
            ];
            table.AddRow([.. cells.Select(Figures.Plain)]);
        }
        return table;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double? seconds) => seconds is { } value ? Figures.Invariant($"{value:0.0}") : Figures.None;
}
