using System.Globalization;
using AspireFed.Contracts.Views;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>Clients, one a line, by set and partition.</summary>
internal static class ClientTable
{
    public static Table Of(IReadOnlyList<ClientView> clients, TimeProvider time)
    {
        var table = new Table().Border(TableBorder.Simple)
            .AddColumns("set", "partition", "client")
            .AddColumn("images", column => column.RightAligned())
            .AddColumns("trainer", "last heard");
        foreach (var client in clients.OrderBy(client => client.Client.ToString(), StringComparer.Ordinal))
        {
            table.AddRow(
                Figures.Plain(client.Client.Set), Figures.Plain(client.Client.Partition), Figures.Plain(client.Client.Name),
                Figures.Plain(client.Images.ToString(CultureInfo.InvariantCulture)), Figures.Plain(client.Trainer),
                Figures.Plain($"{Figures.Duration(time.GetUtcNow() - client.LastSeenUtc)} ago"));
        }
        return table;
    }
}
