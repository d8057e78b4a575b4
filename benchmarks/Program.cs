using System.Runtime.InteropServices;
using AspireFed.Benchmarks.Aggregation;
using AspireFed.Benchmarks.Demo;
using AspireFed.Benchmarks.Rounds;
using AspireFed.Contracts;
using AspireFed.Fed.Server;
using Spectre.Console;
using Spectre.Console.Cli;

var app = new CommandApp();
app.Configure(settings =>
{
    settings.SetApplicationName("bench");
    settings.AddCommand<DemoCommand>("demo")
        .WithDescription("Runs the demo on a system that is up and tells where the seconds of a round go.");
    settings.AddCommand<RoundsCommand>("rounds")
        .WithDescription("Runs a thousand short rounds on a system that is up and tells what grows with their number.");
    settings.AddCommand<AggregationCommand>("aggregation")
        .WithDescription("Averages many updates, beside a plain average in memory and the speed of reading.");
    settings.AddCommand<MeasureCommand>("measure").IsHidden();
    settings.SetExceptionHandler((fault, _) =>
    {
        if (fault is OperationCanceledException) return 130;
        if (fault is InputException or ServerException or SpecRefusedException) AnsiConsole.MarkupLineInterpolated($"[red]{fault.Message}[/]");
        else AnsiConsole.WriteException(fault);
        return 1;
    });
});

// A benchmark that is stopped must not leave gigabytes of updates behind.
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
return await app.RunAsync(args, stop.Token);
