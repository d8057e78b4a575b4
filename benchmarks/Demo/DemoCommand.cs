using System.ComponentModel;
using System.Globalization;
using AspireFed.Benchmarks.Running;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Benchmarks.Demo;

/// <summary>Runs a spec on a system that is up and tells, per stage, into what the seconds of a round divide.</summary>
internal sealed class DemoCommand : AsyncCommand<DemoCommand.Settings>
{
    internal sealed class Settings : SystemSettings
    {
        [CommandOption("--spec")]
        [DefaultValue("experiments/demo.yaml")]
        public string Spec { get; init; } = "";
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        using var experiment = await MeasuredExperiment.CreateAsync(settings.Spec, settings.Sets, settings.Server, cancellationToken);
        var ended = await experiment.EndAsync(_ => { }, cancellationToken);

        var timings = ended.Rounds.Where(round => round.Timing is not null && round.Commit.Decision.Key.Round > 0)
            .GroupBy(round => round.Commit.Decision.Key.Stage, round => round.Timing!)
            .ToList();
        if (timings.Count == 0) throw new InputException($"The experiment {ended.Summary.Id} has no timings in the ledger.");
        AnsiConsole.Write(Table(timings));
        return 0;
    }

    private static Table Table(IEnumerable<IGrouping<Stage, RoundTiming>> stages)
    {
        var table = new Table().Title("Seconds per round, mean").AddColumn("stage");
        foreach (var title in new[] { "rounds", "total", "training", "transfer", "aggregation", "waiting", "images/s", "MB moved" })
            table.AddColumn(title, column => column.RightAligned());
        foreach (var stage in stages)
        {
            var rounds = stage.ToList();
            string Mean(Func<RoundTiming, double> part) => rounds.Average(part).ToString("0.00", CultureInfo.InvariantCulture);
            var imagesPerSecond = rounds.Sum(round => round.Images) / rounds.Sum(round => round.TotalSeconds);
            table.AddRow(
                stage.Key.ToName(), $"{rounds.Count}", Mean(r => r.TotalSeconds), Mean(r => r.TrainSeconds), Mean(r => r.TransferSeconds),
                Mean(r => r.AggregationSeconds), Mean(r => r.WaitSeconds), imagesPerSecond.ToString("0", CultureInfo.InvariantCulture),
                Mean(r => r.Bytes / 1e6));
        }
        return table;
    }
}
