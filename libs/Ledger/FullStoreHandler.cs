using System.Net;

namespace AspireFed.Ledger;

/// <summary>Lets the answer 507 through as what it is: without a body the SDK makes a NullReferenceException of it.</summary>
internal sealed class FullStoreHandler(HttpMessageHandler inner) : DelegatingHandler(inner)
{
    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.InsufficientStorage) return response;
        using (response) throw new HttpRequestException("The store is full.", null, response.StatusCode);
    }
}
