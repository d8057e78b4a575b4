using System.ComponentModel;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using AspireFed.Contracts;
using Spectre.Console;
using Spectre.Console.Cli;

namespace AspireFed.Benchmarks.Aggregation;

/// <summary>Compares the Aggregator's average with a plain one and with the speed at which the updates can be read at all.</summary>
internal sealed class AggregationCommand : AsyncCommand<AggregationCommand.Settings>
{
    private const double Giga = 1e9;

    internal sealed class Settings : CommandSettings
    {
        [CommandOption("--clients")]
        [Description("Numbers of clients, such as 2,8,32.")]
        [DefaultValue("2,8,32")]
        public string Clients { get; init; } = "";

        [CommandOption("--millions")]
        [Description("Parameters of the model in 2^20; 21 is a ViT-Small, 82 a ViT-Base.")]
        [DefaultValue(21)]
        public int Millions { get; init; }

        [CommandOption("--repetitions")]
        [DefaultValue(5)]
        public int Repetitions { get; init; }

        [CommandOption("--folder")]
        [Description("Where the updates are written; the folder of temporary files if not given.")]
        public string Folder { get; init; } = Path.GetTempPath();
    }

    public override async Task<int> ExecuteAsync(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var counts = settings.Clients.Split(',').Select(Count).ToArray();
        using var set = new UpdateSet(settings.Folder);
        set.Write(counts.Max(), settings.Millions, cancellationToken);
        var table = new Table().AddColumn("clients").AddColumn("way");
        foreach (var title in new[] { "ms", "GB/s of updates", "of reading", "times plain", "peak MB" })
            table.AddColumn(title, column => column.RightAligned());
        foreach (var count in counts)
        {
            Dictionary<Way, Measurement> measured = [];
            foreach (var way in Enum.GetValues<Way>())
                measured[way] = await MeasureAsync(way, set.Folder, count, settings.Repetitions, cancellationToken);
            var bytes = set.Files.Take(count).Sum(file => new FileInfo(file).Length);
            foreach (var (way, figures) in measured)
            {
                table.AddRow(
                    $"{count}",
                    way.ToString().ToLowerInvariant(),
                    Text(figures.Median * 1000, "0"),
                    Text(bytes / figures.Median / Giga, "0.0"),
                    Text(measured[Way.Read].Median / figures.Median, "0 %"),
                    Text(measured[Way.Plain].Median / figures.Median, "0.0"),
                    Text(figures.PeakBytes / 1e6, "0"));
            }
        }
        AnsiConsole.MarkupLineInterpolated(
            $"Average of models of {settings.Millions} x 2^20 parameters; median of {settings.Repetitions}; {Environment.ProcessorCount} cores:");
        AnsiConsole.Write(table);
        return 0;
    }

    private static async Task<Measurement> MeasureAsync(Way way, string folder, int clients, int repetitions, CancellationToken cancel)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        // Under `dotnet AspireFed.Benchmarks.dll` the process is dotnet and its first argument the program.
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet") start.ArgumentList.Add(typeof(AggregationCommand).Assembly.Location);
        foreach (var argument in new[] { "measure", $"{way}", folder, $"{clients}", $"{repetitions}" }) start.ArgumentList.Add(argument);
        using var process = Process.Start(start) ?? throw new InvalidOperationException("The measuring process does not start.");
        string output;
        try
        {
            output = await process.StandardOutput.ReadToEndAsync(cancel);
            await process.WaitForExitAsync(cancel);
        }
        catch (OperationCanceledException)
        {
            process.Kill();
            throw;
        }
        return process.ExitCode == 0 && JsonSerializer.Deserialize<Measurement>(output, ContractJson.Options) is { } measurement
            ? measurement
            : throw new InvalidOperationException($"The measuring process has failed: {output}");
    }

    private static int Count(string text) =>
        int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var count) && count > 0
            ? count
            : throw new InputException($"The number of clients '{text}' is none; give numbers such as 2,8,32.");

    private static string Text(double value, string format) => value.ToString(format, CultureInfo.InvariantCulture);
}
