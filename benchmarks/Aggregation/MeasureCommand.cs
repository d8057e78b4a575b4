using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json;
using AspireFed.Contracts;
using Spectre.Console.Cli;

namespace AspireFed.Benchmarks.Aggregation;

/// <summary>Measures one way in this process alone: peak memory is told of a whole process only.</summary>
internal sealed class MeasureCommand : Command<MeasureCommand.Settings>
{
    internal sealed class Settings : CommandSettings
    {
        [CommandArgument(0, "<WAY>")]
        public Way Way { get; init; }

        [CommandArgument(1, "<FOLDER>")]
        public string Folder { get; init; } = "";

        [CommandArgument(2, "<CLIENTS>")]
        public int Clients { get; init; }

        [CommandArgument(3, "<REPETITIONS>")]
        [Description("Measured repetitions, after one that is not.")]
        public int Repetitions { get; init; }
    }

    public override int Execute(CommandContext context, Settings settings, CancellationToken cancellationToken)
    {
        var files = Directory.GetFiles(settings.Folder, "*.safetensors").Order(StringComparer.Ordinal).Take(settings.Clients).ToArray();
        var output = Path.Combine(settings.Folder, $"average.{settings.Way}");
        List<double> seconds = [];
        for (var i = 0; i <= settings.Repetitions; i++)
        {
            var watch = Stopwatch.StartNew();
            Averaging.Run(settings.Way, files, output);
            if (i > 0) seconds.Add(watch.Elapsed.TotalSeconds);
        }
        using var self = Process.GetCurrentProcess();
        Console.WriteLine(JsonSerializer.Serialize(new Measurement(seconds, self.PeakWorkingSet64), ContractJson.Options));
        return 0;
    }
}
