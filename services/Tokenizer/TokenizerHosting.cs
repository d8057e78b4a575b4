using AspireFed.Tokenizer.Tokenizing;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace AspireFed.Tokenizer;

/// <summary>What the tokenizer consists of. The object store comes from outside.</summary>
public static class TokenizerHosting
{
    private const int LargestBatchBytes = 512 << 20;

    /// <summary>
    /// Without TLS a port speaks either HTTP/2, which gRPC needs, or HTTP/1.1, which probes speak. Ports speak HTTP/2 where the
    /// configuration does not say otherwise (`Kestrel:Endpoints:health:Protocols`).
    /// </summary>
    public static WebApplicationBuilder AddTokenizer(this WebApplicationBuilder builder)
    {
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.ConfigureEndpointDefaults(endpoint => endpoint.Protocols = HttpProtocols.Http2));
        builder.Services.AddGrpc(grpc => grpc.MaxReceiveMessageSize = LargestBatchBytes);
        builder.Services.AddSingleton<WeightsLoading>();
        builder.Services.AddSingleton<TokenizerShelf>();
        return builder;
    }

    public static void MapTokenizer(this WebApplication app) => app.MapGrpcService<TokenizerEndpoint>();
}
