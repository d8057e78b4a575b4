using System.Globalization;
using AspireFed.Contracts.Documents;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>The last evaluations, with top-1 of every site.</summary>
internal static class EvaluationTable
{
    public const int Few = 5;

    public static Table Of(IReadOnlyList<RoundMetrics> evaluations, int atMost)
    {
        string[] sites = [.. evaluations.SelectMany(metrics => metrics.Sites.Keys).Distinct().Order(StringComparer.Ordinal)];
        var table = new Table().Border(TableBorder.Simple);
        foreach (string column in (string[])["round", "top-1 %", "balanced %", "test loss", .. sites])
            table.AddColumn(new TableColumn(Figures.Plain(column)).RightAligned());
        foreach (var metrics in evaluations.TakeLast(atMost))
        {
            string[] cells =
            [
                metrics.Key.Round.ToString(CultureInfo.InvariantCulture), Figures.Percent(metrics.Overall.Top1),
                Figures.Percent(metrics.Overall.BalancedAccuracy), Figures.Loss(metrics.Overall.Loss),
                .. sites.Select(site => Figures.Percent(metrics.Sites.GetValueOrDefault(site)?.Top1)),
            ];
            table.AddRow([.. cells.Select(Figures.Plain)]);
        }
        return table;
    }
}
