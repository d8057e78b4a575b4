using AspireFed.Contracts;
using AspireFed.Contracts.Views;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AspireFed.Fed.Display;

/// <summary>An experiment on one page: where it stands, its clients, its last rounds and its metrics.</summary>
internal static class ExperimentPage
{
    private const int CurveWidth = 40;
    private const int LastRounds = 12;

    public static Rows Of(ExperimentView view, TimeProvider time)
    {
        List<IRenderable> rows = [.. Head(view, time)];
        if (view.Clients.Count > 0) rows.Add(ClientProgressTable.Of(view.Clients));
        if (view.Rounds.Count > 0) rows.Add(RoundTable.Of(view.Rounds, LastRounds));
        if (view.Evaluations.Count > 0)
        {
            rows.Add(EvaluationTable.Of(view.Evaluations, LastRounds));
            rows.Add(ConfusionTable.Of(view.Evaluations[^1]));
        }
        return new Rows(rows);
    }

    /// <summary>The lines on top: id and state, data and model, each stage with its loss, how long the rest may take.</summary>
    public static IEnumerable<IRenderable> Head(ExperimentView view, TimeProvider time)
    {
        var (summary, spec) = (view.Summary, view.Spec);
        yield return new Markup($"[bold]{Markup.Escape(summary.Id)}[/] {Figures.State(summary)}"
            + (summary.Reason.Length > 0 ? $" [red]{Markup.Escape(summary.Reason)}[/]" : ""));
        if (summary.HeldUp.Length > 0) yield return new Markup($"[yellow]It goes on by itself when this is over: {Markup.Escape(summary.HeldUp)}[/]");
        if (summary.Description.Length > 0) yield return new Markup($"[grey]{Markup.Escape(summary.Description)}[/]");
        yield return Figures.Plain($"{spec.Data.Set}/{spec.Data.Partition}, {Name(spec.Model.Family)} {Name(spec.Model.Size)}, "
            + $"created {Figures.Moment(summary.CreatedUtc, time)}");
        foreach (Stage stage in spec.Stages()) yield return StageLine(view, stage);
        if (summary.State == ExperimentState.Running && RemainingTime.Of(view) is { } remaining)
            yield return new Markup($"[grey]{Figures.Stage(summary.Stage)} ends in about {Figures.Duration(remaining)}[/]");
    }

    private static Markup StageLine(ExperimentView view, Stage stage)
    {
        var rounds = view.Rounds.Where(round => round.Commit.Decision.Key.Stage == stage && round.Commit.Decision.Key.Round > 0).ToList();
        double[] losses = [.. rounds.Select(round => round.Commit.Loss)];
        int all = view.Spec.Training(stage).Rounds;
        string name = stage.ToName().PadRight(view.Spec.Stages().Max(other => other.ToName().Length));
        string curve = Figures.Curve(losses, CurveWidth);
        return new Markup($"{name} round [bold]{rounds.Count}[/] of {all}"
            + (losses.Length == 0 ? "" : $"  loss {Figures.FirstToLast(losses)}  [blue]{curve}[/]"));
    }

    private static string Name<T>(T value) where T : struct, Enum => value.ToString().ToLowerInvariant();
}
