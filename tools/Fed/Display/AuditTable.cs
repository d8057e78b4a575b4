using System.Globalization;
using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>The chain of commits, one a line, and what became of each round's objects.</summary>
internal static class AuditTable
{
    private const int Digits = 12;

    public static Table Of(IReadOnlyList<AuditedRound> audit)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumn("stage");
        foreach (string column in (string[])["round", "commit", "updates", "left out", "weights"])
            table.AddColumn(column, added => added.RightAligned());
        table.AddColumn("verdict");
        foreach (var round in audit)
        {
            if (round.Key is not { } key) continue;
            table.AddRow(
                Figures.Plain(key.Stage.ToName()), Figures.Plain(Number(key.Round)), Figures.Plain(Short(round.Commit)),
                Figures.Plain(Number(round.Counted)), Figures.Plain(Number(round.LeftOut)), Figures.Plain(Short(round.Weights)), VerdictOf(round));
        }
        return table;
    }

    /// <summary>One sentence about all of it, as markup.</summary>
    public static string Verdict(string id, IReadOnlyList<AuditedRound> audit)
    {
        var rounds = audit.Where(round => round.Key is not null).ToList();
        int faults = audit.Sum(round => round.Faults.Count), kept = rounds.Count(round => round.Kept);
        string experiment = Markup.Escape(id);
        return faults == 0
            ? $"[green]All objects of {experiment} hold: {rounds.Count} commits in one chain, {kept} models in the store.[/]"
            : $"[red]{experiment} does not hold: {faults} {(faults == 1 ? "fault" : "faults")} in {rounds.Count} rounds.[/]";
    }

    private static Markup VerdictOf(AuditedRound round) => round.Faults.Count > 0 ? new("[red]altered or missing[/]")
        : round.Kept ? new("[green]holds[/]") : new("[green]holds[/], model not kept");

    private static string Short(string sha256) => sha256.Length < Digits ? Figures.None : sha256[..Digits];

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
