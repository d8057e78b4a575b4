using System.Globalization;
using AspireFed.Contracts.Views;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>What the clients of the open round do.</summary>
internal static class ClientProgressTable
{
    private const int BarWidth = 20;

    public static Table Of(IReadOnlyList<ClientProgress> clients)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("client", "phase", "steps")
            .AddColumn("loss", column => column.RightAligned())
            .AddColumn("images/s", column => column.RightAligned())
            .AddColumn("trainer");
        foreach (var client in clients)
        {
            table.AddRow(
                Figures.Plain(client.Client.Name), new Markup(Phase(client)), new Markup(Bar(client)),
                Figures.Plain(Figures.Loss(client.Loss)), Figures.Plain(Figures.Rate(client.ImagesPerSecond)),
                Figures.Plain(client.Trainer));
        }
        return table;
    }

    private static string Phase(ClientProgress client) =>
        client.Problem.Length > 0 ? $"[red]{Markup.Escape(client.Problem)}[/]"
        : client.Done ? "[green]counted[/]"
        : client.Phase is { } phase ? phase.ToString().ToLowerInvariant()
        : "[grey]asked[/]";

    private static string Bar(ClientProgress client)
    {
        if (client.Steps <= 0) return "";
        int step = client.Done ? client.Steps : Math.Clamp(client.Step, 0, client.Steps);
        int done = BarWidth * step / client.Steps;
        string steps = string.Create(CultureInfo.InvariantCulture, $"{step}/{client.Steps}");
        return $"[blue]{new string('━', done)}[/][grey]{new string('━', BarWidth - done)}[/] {steps}";
    }
}
