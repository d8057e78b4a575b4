using System.Globalization;
using AspireFed.Contracts.Documents;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>Which class the last model took for which, over all sites, with the recall of each class.</summary>
internal static class ConfusionTable
{
    public static Table Of(RoundMetrics metrics)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("true \\ predicted");
        foreach (string column in (string[])[.. metrics.Classes, "recall %"])
            table.AddColumn(new TableColumn(Figures.Plain(column)).RightAligned());
        int[][] confusion = metrics.Overall.Confusion;
        for (int i = 0; i < confusion.Length; i++)
        {
            int images = confusion[i].Sum();
            string recall = images == 0 ? Figures.None : Figures.Percent((double)confusion[i][i] / images);
            string name = i < metrics.Classes.Count ? metrics.Classes[i] : i.ToString(CultureInfo.InvariantCulture);
            string[] cells = [name, .. confusion[i].Select(count => count.ToString(CultureInfo.InvariantCulture)), recall];
            table.AddRow([.. cells.Select(Figures.Plain)]);
        }
        return table;
    }
}
