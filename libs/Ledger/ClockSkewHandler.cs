using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Logging;

namespace AspireFed.Ledger;

/// <summary>
/// Lets a site whose clock is wrong, even by a year, talk to an S3 store. A store refuses what is signed for another time than its own; its refusal
/// tells its time, by which every request is signed anew from then on (AWS Signature Version 4). The SDK knows no other clock than the machine's.
/// </summary>
internal sealed class ClockSkewHandler(ObjectStoreSettings settings, TimeProvider time, ILogger logger, HttpMessageHandler inner) : DelegatingHandler(inner)
{
    // Stores allow 15 minutes; an answer's time is exact to the second.
    private static readonly TimeSpan Tolerated = TimeSpan.FromMinutes(1);

    private long _skewTicks;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var skew = Correct(request);
        var response = await base.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.Forbidden || response.Headers.Date is not { } date) return response;
        var found = date - time.GetUtcNow();
        if ((found - skew).Duration() < Tolerated) return response;
        response.Dispose();
        Volatile.Write(ref _skewTicks, found.Ticks);
        logger.LogWarning("The clock of this machine is not the object store's at {Address}, which says {Date:u}: requests are signed for that time",
            settings.Address, date);
        Correct(request);
        return await base.SendAsync(request, cancellationToken); // the SDK's contents lie in memory and can be sent twice
    }

    /// <summary>Signs a request for the store's time where that is known to be another.</summary>
    /// <returns>By how much it is later than this machine's.</returns>
    private TimeSpan Correct(HttpRequestMessage request)
    {
        var skew = TimeSpan.FromTicks(Volatile.Read(ref _skewTicks));
        if (skew != TimeSpan.Zero) Sign(request, time.GetUtcNow() + skew);
        return skew;
    }

    private void Sign(HttpRequestMessage request, DateTimeOffset now)
    {
        // AWS4-HMAC-SHA256 Credential=key/day/region/service/aws4_request, SignedHeaders=a;b, Signature=hex
        if (!request.Headers.TryGetValues("Authorization", out var values)) return;
        var old = string.Join(", ", values);
        var signed = old.Split("SignedHeaders=")[1].Split(',')[0].Trim();
        var scope = old.Split("Credential=")[1].Split(',')[0].Split('/')[^4..];
        scope[0] = now.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
        var stamp = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        request.Headers.Remove("x-amz-date");
        request.Headers.Add("x-amz-date", stamp);

        var headers = string.Concat(signed.Split(';').Select(name => $"{name}:{Value(request, name)}\n"));
        var canonical = $"{request.Method}\n{request.RequestUri!.AbsolutePath}\n{Query(request.RequestUri)}\n{headers}\n{signed}\n{Value(request, "x-amz-content-sha256")}";
        var toSign = $"AWS4-HMAC-SHA256\n{stamp}\n{string.Join('/', scope)}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var key = scope.Aggregate(Encoding.UTF8.GetBytes($"AWS4{settings.SecretKey}"), (key, part) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part)));
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation("Authorization", $"AWS4-HMAC-SHA256 Credential={settings.AccessKey}/{string.Join('/', scope)}, "
            + $"SignedHeaders={signed}, Signature={Hex(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(toSign)))}");
    }

    private static string Value(HttpRequestMessage request, string name)
    {
        if (name == "host") return request.Headers.Host ?? request.RequestUri!.Authority;
        var there = request.Headers.TryGetValues(name, out var values) || request.Content?.Headers.TryGetValues(name, out values) == true;
        return there ? string.Join(',', values!.Select(value => value.Trim())) : "";
    }

    private static string Query(Uri uri) => string.Join('&', uri.Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Contains('=', StringComparison.Ordinal) ? pair : $"{pair}=")
        .Order(StringComparer.Ordinal));

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
