using System.Net.ServerSentEvents;
using System.Runtime.CompilerServices;
using System.Text.Json;
using AspireFed.Contracts.Views;

namespace AspireFed.Fed.Server;

/// <summary>What an audit by the server finds, as it goes: of each round, and last of the experiment's own documents.</summary>
public sealed class AuditReport(AggregatorClient server)
{
    /// <exception cref="ServerException">The audit broke off.</exception>
    public async IAsyncEnumerable<AuditedRound> FollowAsync(string id, [EnumeratorCancellation] CancellationToken cancel)
    {
        using var response = await server.OpenAuditAsync(id, cancel);
        await using var stream = await response.Content.ReadAsStreamAsync(cancel);
        var parser = SseParser.Create(stream, (_, data) => JsonSerializer.Deserialize<AuditedRound>(data, AggregatorClient.Json));
        await using var items = parser.EnumerateAsync(cancel).GetAsyncEnumerator(cancel);
        while (await NextAsync(id, items) is { } round)
        {
            yield return round;
            if (round.Key is null) yield break;
        }
        throw BrokenOff(id, null);
    }

    private async Task<AuditedRound?> NextAsync(string id, IAsyncEnumerator<SseItem<AuditedRound?>> items)
    {
        try
        {
            return await items.MoveNextAsync() ? items.Current.Data : null;
        }
        catch (Exception error) when (error is IOException or HttpRequestException or JsonException)
        {
            throw BrokenOff(id, error);
        }
    }

    private ServerException BrokenOff(string id, Exception? error)
    {
        string sentence = $"The audit of {id} by the Aggregator at {server.Address} broke off; look at its log, and whether its object store can be reached.";
        return error is null ? new ServerException(sentence) : new ServerException(sentence, error);
    }
}
