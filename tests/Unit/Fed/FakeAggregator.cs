using System.Net;
using System.Text;
using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Views;

namespace AspireFed.Tests.Unit.Fed;

/// <summary>Answers in the Aggregator's place, by method and path; an answer is used up unless it is the path's last.</summary>
internal sealed class FakeAggregator : HttpMessageHandler
{
    private readonly Dictionary<string, Queue<Func<HttpRequestMessage, HttpResponseMessage>>> _answers = [];

    /// <summary>Method, path with query, and Last-Event-ID of every request.</summary>
    public List<string> Requests { get; } = [];

    public List<string> Bodies { get; } = [];

    public FakeAggregator On(string request, object answer, HttpStatusCode status = HttpStatusCode.OK, string type = "application/json") =>
        On(request, _ => new HttpResponseMessage(status)
        {
            Content = new StringContent(answer as string ?? JsonSerializer.Serialize(answer, ContractJson.Options), Encoding.UTF8, type),
        });

    /// <summary>Server-sent events, numbered from <paramref name="first"/>.</summary>
    public FakeAggregator OnEvents(string id, int first, params (ExperimentEventKind Kind, string Text)[] events)
    {
        IEnumerable<string> items = events.Select((item, i) => $"id: {first + i}\ndata: {Sample.EventJson(item.Kind, item.Text)}\n\n");
        return On($"GET /experiments/{id}/events", string.Concat(items), type: "text/event-stream");
    }

    public FakeAggregator On(string request, Func<HttpRequestMessage, HttpResponseMessage> answer)
    {
        if (!_answers.TryGetValue(request, out var queue)) _answers[request] = queue = [];
        queue.Enqueue(answer);
        return this;
    }

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        string last = request.Headers.TryGetValues("Last-Event-ID", out var ids) ? $" after {ids.Single()}" : "";
        Requests.Add($"{request.Method} {Uri.UnescapeDataString(request.RequestUri!.PathAndQuery)}{last}");
        if (request.Content is not null) Bodies.Add(await request.Content.ReadAsStringAsync(cancellationToken));
        if (!_answers.TryGetValue($"{request.Method} {request.RequestUri.AbsolutePath}", out var queue))
            return new HttpResponseMessage(HttpStatusCode.NotFound);
        return (queue.Count > 1 ? queue.Dequeue() : queue.Peek())(request);
    }
}
