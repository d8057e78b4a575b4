using AspireFed.Contracts.Views;
using AspireFed.Fed.Server;
using Spectre.Console;

namespace AspireFed.Fed.Display;

/// <summary>The story of an experiment as one line an event, without the steps inside a client's training.</summary>
internal sealed class WatchLog(IAnsiConsole console, AggregatorClient server, TimeProvider time)
{
    private string _trouble = "";

    public async Task FollowAsync(string id, CancellationToken cancel)
    {
        await foreach (var item in new ExperimentStory(server, time, Hear).FollowAsync(id, cancel))
        {
            if (item.Kind != ExperimentEventKind.ClientProgressed) Line(item.AtUtc, $"{Place(item.Summary)}{item.Text}");
        }
    }

    private static string Place(ExperimentSummary summary) =>
        summary.Stage is null ? $"{summary.Name}: " : $"{summary.Name} {Figures.Stage(summary.Stage)} {summary.Round}/{summary.Rounds}: ";

    /// <summary>A break is told once, not at every attempt.</summary>
    private void Hear(string trouble)
    {
        if (trouble.Length > 0 != _trouble.Length > 0) Line(time.GetUtcNow(), trouble.Length > 0 ? trouble : "The connection is back.");
        _trouble = trouble;
    }

    private void Line(DateTimeOffset at, string text)
    {
        console.Profile.Out.Writer.WriteLine($"{Figures.Clock(at, time)} {text}");
        console.Profile.Out.Writer.Flush();
    }
}
