using System.ComponentModel;
using System.Globalization;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Fed.Server;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Benchmarks.Demo;

/// <summary>Runs a spec on a system that is up and tells, per stage, into what the seconds of a round divide.</summary>
internal sealed class DemoCommand : AsyncCommand<DemoCommand.Settings>
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    internal sealed class Settings : CommandSettings
    {
        [CommandOption("--spec")]
        [DefaultValue("experiments/demo.yaml")]
        public string Spec { get; init; } = "";

        [CommandOption("--set")]
        [Description("Changes a value of the spec: key.path=value.")]
        public string[] Sets { get; init; } = [];

        [CommandOption("--server")]
        [Description("The Aggregator's address; found as `fed` finds it if not given.")]
        public string? Server { get; init; }
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        if (!File.Exists(settings.Spec)) throw new InputException($"There is no spec {settings.Spec}; name one with --spec.");
        var address = ServerAddress.Find(
            settings.Server, Environment.GetEnvironmentVariable(ServerAddress.Variable), Environment.CurrentDirectory);
        using var http = new HttpClient { BaseAddress = address };
        var server = new AggregatorClient(http, TimeProvider.System);
        var yaml = await File.ReadAllTextAsync(settings.Spec, cancellationToken);
        var created = await server.CreateAsync(settings.Spec, yaml, settings.Sets, check: false, cancellationToken);
        var ended = await AnsiConsole.Status().StartAsync(created.Id, status => EndAsync(server, created.Id, status, cancellationToken));

        var timings = ended.Rounds.Where(round => round.Timing is not null && round.Commit.Decision.Key.Round > 0)
            .GroupBy(round => round.Commit.Decision.Key.Stage, round => round.Timing!)
            .ToList();
        if (timings.Count == 0) throw new InputException($"The experiment {created.Id} has no timings in the ledger.");
        AnsiConsole.Write(Table(timings));
        return 0;
    }

    private static async Task<ExperimentView> EndAsync(AggregatorClient server, string id, StatusContext status, CancellationToken cancel)
    {
        while (true)
        {
            var view = await server.ShowAsync(id, cancel);
            var summary = view.Summary;
            if (summary.State == ExperimentState.Completed) return view;
            if (summary.State is ExperimentState.Failed or ExperimentState.Cancelled)
                throw new InputException($"The experiment {id} did not complete: {summary.Reason}");
            status.Status = $"{id} {summary.Stage?.ToName()} {summary.Round}/{summary.Rounds}";
            await Task.Delay(Pause, cancel);
        }
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
