using AspireFed.Contracts.Views;
using AspireFed.Fed.Server;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace AspireFed.Fed.Display;

/// <summary>A screen that lives until the experiment ends: progress, clients, metrics and the last events.</summary>
internal sealed class WatchScreen(IAnsiConsole console, AggregatorClient server, TimeProvider time)
{
    private const int LastEvents = 6;
    private static readonly TimeSpan Fastest = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Queue<ExperimentEvent> _events = [];
    private string _trouble = "";

    public async Task FollowAsync(string id, CancellationToken cancel)
    {
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        Task story = ListenAsync(id, ended.Token);
        await console.Live(new Markup("[grey]Asking the server ...[/]")).StartAsync(async screen =>
        {
            while (!story.IsCompleted)
            {
                var began = time.GetTimestamp();
                await RefreshAsync(screen, id, cancel);
                // A long history takes long to send, so it is asked for less often.
                var pause = TimeSpan.FromTicks(Math.Max(Fastest.Ticks, 10 * time.GetElapsedTime(began).Ticks));
                await Task.WhenAny(story, Task.Delay(pause, time, ended.Token));
            }
            await story;
            await RefreshAsync(screen, id, cancel);
        });
        await ended.CancelAsync();
    }

    private async Task ListenAsync(string id, CancellationToken cancel)
    {
        await foreach (var item in new ExperimentStory(server, time, Hear).FollowAsync(id, cancel))
        {
            if (item.Kind == ExperimentEventKind.ClientProgressed) continue;
            lock (_gate)
            {
                _events.Enqueue(item);
                if (_events.Count > LastEvents) _events.Dequeue();
            }
        }
    }

    private async Task RefreshAsync(LiveDisplayContext screen, string id, CancellationToken cancel)
    {
        try
        {
            var view = await server.ShowAsync(id, cancel);
            screen.UpdateTarget(Compose(view));
        }
        catch (ServerException error)
        {
            // The story decides when to give up.
            Hear($"The connection is lost; trying again. {error.Message}");
        }
    }

    private Rows Compose(ExperimentView view)
    {
        List<IRenderable> rows = [.. ExperimentPage.Head(view, time)];
        if (view.Clients.Count > 0) rows.Add(ClientProgressTable.Of(view.Clients));
        if (view.Evaluations.Count > 0) rows.Add(EvaluationTable.Of(view.Evaluations, EvaluationTable.Few));
        lock (_gate)
        {
            foreach (var item in _events) rows.Add(new Markup($"[grey]{Figures.Clock(item.AtUtc, time)}[/] {Markup.Escape(item.Text)}"));
            if (_trouble.Length > 0) rows.Add(new Markup($"[yellow]{Markup.Escape(_trouble)}[/]"));
        }
        return new Rows(rows);
    }

    private void Hear(string trouble)
    {
        lock (_gate) _trouble = trouble;
    }
}
