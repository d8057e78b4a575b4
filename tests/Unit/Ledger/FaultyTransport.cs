using System.Net;

namespace AspireFed.Tests.Unit.Ledger;

/// <summary>Answers S3 requests as told, in turn; the last answer repeats.</summary>
internal sealed class FaultyTransport(params Func<HttpRequestMessage, HttpResponseMessage>[] answers) : HttpMessageHandler
{
    private int _requests;

    public int Requests => _requests;

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var number = Interlocked.Increment(ref _requests) - 1;
        var response = answers[Math.Min(number, answers.Length - 1)](request);
        response.RequestMessage = request;
        return Task.FromResult(response);
    }

    public static HttpResponseMessage Status(HttpStatusCode status, string body = "") => new(status) { Content = new StringContent(body) };
}
