using AspireFed.Contracts.Views;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>Experiments, one a line.</summary>
internal static class ExperimentTable
{
    public static Table Of(IReadOnlyList<ExperimentSummary> experiments, TimeProvider time)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("experiment", "state", "stage")
            .AddColumn("round", column => column.RightAligned())
            .AddColumn("loss", column => column.RightAligned())
            .AddColumn("top-1 %", column => column.RightAligned())
            .AddColumn("balanced %", column => column.RightAligned())
            .AddColumn("created");
        foreach (var summary in experiments)
        {
            table.AddRow(
                Figures.Plain(summary.Id), new Markup(Figures.State(summary)), Figures.Plain(Figures.Stage(summary.Stage)),
                Figures.Plain(summary.Stage is null ? Figures.None : $"{summary.Round}/{summary.Rounds}"),
                Figures.Plain(Figures.Loss(summary.Loss)),
                Figures.Plain(Figures.Percent(summary.Top1)), Figures.Plain(Figures.Percent(summary.BalancedAccuracy)),
                Figures.Plain(Figures.Moment(summary.CreatedUtc, time)));
        }
        return table;
    }
}
