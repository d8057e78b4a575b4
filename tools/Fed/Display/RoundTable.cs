using System.Globalization;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>The last rounds: who counted and what else happened, and where the seconds and bytes went.</summary>
internal static class RoundTable
{
    public static Table Of(IReadOnlyList<RoundView> rounds, int atMost)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("stage");
        foreach (string column in (string[])["round", "updates", "loss", "seconds", "train", "transfer", "average", "wait", "moved"])
            table.AddColumn(column, added => added.RightAligned());
        table.AddColumn("remarks");
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
                string.Join('\n', Remarks(commit.Decision)),
            ];
            table.AddRow([.. cells.Select(Figures.Plain)]);
        }
        return table;
    }

    /// <summary>Who was left out, who was refused and then gave a good update, whose update is a late one, and who was asked again.</summary>
    private static IEnumerable<string> Remarks(RoundDecision decision) =>
    [
        .. decision.LeftOut.Select(left => $"{left.Client.Name} left out: {left.Reason}"),
        .. decision.Refused.Where(refused => decision.LeftOut.All(left => left.Client != refused.Client))
            .Select(refused => $"{refused.Client.Name} refused at first: {refused.Reason}"),
        .. decision.Counted.Where(counted => !counted.Weights.Name.StartsWith(ObjectNames.RoundPrefix(decision.Key), StringComparison.Ordinal))
            .Select(counted => $"{counted.Client.Name} counts with the round before"),
        .. decision.Asked.Where(asked => asked.Times > 1).Select(asked => $"{asked.Client.Name} asked {asked.Times} times"),
    ];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Seconds(double? seconds) => seconds is { } value ? Figures.Invariant($"{value:0.0}") : Figures.None;
}
