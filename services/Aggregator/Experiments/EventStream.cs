using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AspireFed.Contracts;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AspireFed.Aggregator.Experiments;

/// <summary>Answers with server-sent events, each a JSON document in one line.</summary>
internal static class EventStream
{
    private static readonly JsonSerializerOptions OneLine = new(ContractJson.Options) { WriteIndented = false };

    /// <param name="id">What a reader resumes after; null where it cannot.</param>
    public static ServerSentEventsResult<string> Of<T, TDocument>(
        IAsyncEnumerable<T> events, Func<T, TDocument> document, Func<T, string?> id, CancellationToken cancel) =>
        TypedResults.ServerSentEvents(Items(events, document, id, cancel));

    private static async IAsyncEnumerable<SseItem<string>> Items<T, TDocument>(
        IAsyncEnumerable<T> events, Func<T, TDocument> document, Func<T, string?> id, [EnumeratorCancellation] CancellationToken cancel)
    {
        await foreach (var next in events.WithCancellation(cancel))
            yield return new SseItem<string>(JsonSerializer.Serialize(document(next), OneLine)) { EventId = id(next) };
    }
}
