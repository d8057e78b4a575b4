using System.ComponentModel;
using System.Globalization;
using AspireFed.Benchmarks.Running;
using AspireFed.Contracts;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Benchmarks.Rounds;

/// <summary>Runs many short rounds and tells what grows with their number: the memory of every service, and what lies on disk.</summary>
internal sealed class RoundsCommand : AsyncCommand<RoundsCommand.Settings>
{
    private const int Samples = 100;

    // A heap breathes by some tens of megabytes; what leaks a model (11 MB) in a hundred rounds shows beyond it in a thousand.
    private const double MemoryMayGrow = 64e6;

    // Records of a round (commit, decision, commands, timing) stay for ever, its weights do not.
    private const double FilesMayGrowPerRound = 100e3;

    internal sealed class Settings : SystemSettings
    {
        [CommandOption("--rounds")]
        [DefaultValue(1000)]
        public int Rounds { get; init; }

        [CommandOption("--spec")]
        [DefaultValue("benchmarks/Rounds/rounds.yaml")]
        public string Spec { get; init; } = "";

        [CommandOption("--data")]
        [Description("The system's data folder.")]
        public required string Data { get; init; }

        public override ValidationResult Validate() =>
            Rounds >= Samples ? base.Validate() : ValidationResult.Error($"--rounds must be at least {Samples}, or nothing can be said.");
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        string[] sets = [.. settings.Sets, $"finetune.rounds={settings.Rounds}"];
        using var experiment = await MeasuredExperiment.CreateAsync(settings.Spec, sets, settings.Server, cancellationToken);
        var footprint = new Footprint(settings.Data);
        SortedDictionary<int, IReadOnlyDictionary<string, long>> samples = [];
        var step = settings.Rounds / Samples;
        var ended = await experiment.EndAsync(
            summary =>
            {
                if (summary.Round / step > samples.Keys.LastOrDefault() / step) samples[summary.Round] = footprint.Measure();
            },
            cancellationToken);

        var growths = Growths(samples, settings.Rounds).ToList();
        AnsiConsole.Write(Table(growths));
        var seconds = (ended.Summary.EndedUtc!.Value - ended.Summary.CreatedUtc).TotalSeconds;
        AnsiConsole.MarkupLineInterpolated(CultureInfo.InvariantCulture, $"{settings.Rounds} rounds in {seconds:0} s, {seconds / settings.Rounds:0.00} s each.");
        return growths.TrueForAll(growth => growth.Allowed) ? 0 : 1;
    }

    /// <summary>From the second to the last fifth of the rounds: the first is for warming up.</summary>
    private static IEnumerable<Growth> Growths(SortedDictionary<int, IReadOnlyDictionary<string, long>> samples, int rounds)
    {
        double Median(string name, double from, double to)
        {
            var values = samples.Where(sample => sample.Key > from * rounds && sample.Key <= to * rounds)
                .Select(sample => sample.Value.GetValueOrDefault(name)).Order().ToList();
            return values.Count == 0 ? throw new InputException("Rounds went by too fast to be measured; ask for more.") : values[values.Count / 2];
        }
        foreach (var name in samples.Values.SelectMany(sample => sample.Keys).Distinct().Order(StringComparer.Ordinal))
        {
            var (early, late) = (Median(name, 0.2, 0.4), Median(name, 0.8, 1));
            var perRound = (late - early) / (0.6 * rounds);
            var allowed = name.StartsWith("memory", StringComparison.Ordinal) ? late - early <= MemoryMayGrow : perRound <= FilesMayGrowPerRound;
            yield return new Growth(name, early, late, perRound, allowed);
        }
    }

    private static Table Table(IEnumerable<Growth> growths)
    {
        var table = new Table().Title("What grows with the rounds").AddColumn("");
        foreach (var title in new[] { "early, MB", "late, MB", "kB a round", "" }) table.AddColumn(title, column => column.RightAligned());
        foreach (var growth in growths)
        {
            table.AddRow(
                growth.Of, Figure(growth.Early / 1e6), Figure(growth.Late / 1e6), Figure(growth.PerRound / 1e3),
                growth.Allowed ? "[green]flat[/]" : "[red]grows[/]");
        }
        return table;
    }

    private static string Figure(double value) => value.ToString("0.0", CultureInfo.InvariantCulture);

    private sealed record Growth(string Of, double Early, double Late, double PerRound, bool Allowed);
}
