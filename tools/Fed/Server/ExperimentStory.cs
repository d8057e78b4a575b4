using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AspireFed.Contracts.Views;

namespace AspireFed.Fed.Server;

/// <summary>
/// The events of an experiment from the first to the last, over as many connections as it takes: after a break it goes on behind the last
/// event it has seen.
/// </summary>
/// <param name="onTrouble">Hears that the connection is lost (a sentence), and that it is back (empty).</param>
public sealed class ExperimentStory(AggregatorClient server, TimeProvider time, Action<string> onTrouble)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromMinutes(5);

    /// <summary>A connection that is silent for so long may be dead, so it is made anew.</summary>
    private static readonly TimeSpan Silence = TimeSpan.FromSeconds(60);

    private string _last = "";
    private long _reachedAt;

    /// <exception cref="ServerException">The server cannot be reached at first, or for minutes.</exception>
    public async IAsyncEnumerable<ExperimentEvent> FollowAsync(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        await server.ShowAsync(id, cancel);
        _reachedAt = time.GetTimestamp();
        while (true)
        {
            await foreach (var item in OneConnectionAsync(id, cancel))
            {
                yield return item;
                if (item.Kind == ExperimentEventKind.Ended) yield break;
            }
            // The stream also ends where the end itself is no longer told.
            if (await HasEndedAsync(id, cancel)) yield break;
        }
    }

    /// <summary>The events of one connection, until it ends, breaks or falls silent.</summary>
    private async IAsyncEnumerable<ExperimentEvent> OneConnectionAsync(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var silence = new CancellationTokenSource(Silence, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        using var connection = await UnlessBrokenAsync(() => server.OpenEventsAsync(id, _last, either.Token), cancel);
        if (connection is null) yield break;

        await using var stream = await connection.Content.ReadAsStreamAsync(cancel);
        var parser = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<ExperimentEvent>(data, AggregatorClient.Json));
        await using var items = parser.EnumerateAsync(either.Token).GetAsyncEnumerator(either.Token);
        while (await UnlessBrokenAsync(async () => await items.MoveNextAsync(), cancel))
        {
            silence.CancelAfter(Silence);
            _reachedAt = time.GetTimestamp();
            _last = parser.LastEventId;
            onTrouble("");
            if (items.Current.Data is { } item) yield return item;
        }
    }

    private async Task<bool> HasEndedAsync(string id, CancellationToken cancel)
    {
        try
        {
            var view = await server.ShowAsync(id, cancel);
            _reachedAt = time.GetTimestamp();
            onTrouble("");
            return view.Summary.State is not (ExperimentState.Queued or ExperimentState.Running);
        }
        catch (ServerException error) when (time.GetElapsedTime(_reachedAt) < GiveUpAfter)
        {
            onTrouble($"The connection is lost; trying again. {error.Message}");
            await Task.Delay(Pause, time, cancel);
            return false;
        }
    }

    /// <summary>The step's result, or the default where the connection breaks or is silent; not where the user stops.</summary>
    private async Task<T?> UnlessBrokenAsync<T>(Func<Task<T>> step, CancellationToken cancel)
    {
        try
        {
            return await step();
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return default;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or ServerException)
        {
            onTrouble($"The connection is lost; trying again. {error.Message}");
            await Task.Delay(Pause, time, cancel);
            return default;
        }
        catch (JsonException error)
        {
            throw new ServerException(
                $"The Aggregator at {server.Address} tells events that this `fed` does not understand; use one version of both.", error);
        }
    }
}
