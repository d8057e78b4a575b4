using AspireFed.ClientTrainer.Tokenizing;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using AspireFed.Tokenizer;
using AspireFed.Training;
using Grpc.Core.Interceptors;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace AspireFed.Tests.Harness.Tokenizer;

/// <summary>The Tokenizer service on a loopback port, and a trainer's way to it.</summary>
internal sealed class TokenizerServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ServiceProvider _client;

    private TokenizerServer(WebApplication app)
    {
        _app = app;
        Address = new Uri(app.Urls.Single());
        _client = Client(Address, TimeProvider.System);
        Tokens = _client.GetRequiredService<IVisualTokens>();
    }

    public Uri Address { get; }

    public IVisualTokens Tokens { get; }

    public static async Task<TokenizerServer> StartAsync(IObjectStore? store = null, Interceptor? interceptor = null)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Services.AddSingleton(store ?? new FolderObjectStore());
        builder.AddTokenizer();
        if (interceptor is not null) builder.Services.AddSingleton(interceptor.GetType(), interceptor).AddGrpc(grpc => grpc.Interceptors.Add(interceptor.GetType()));
        var app = builder.Build();
        app.MapTokenizer();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new TokenizerServer(app);
    }

    /// <summary>A trainer's client of any address.</summary>
    public static ServiceProvider Client(Uri address, TimeProvider time)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(time);
        services.AddVisualTokens(address);
        return services.BuildServiceProvider();
    }

    public async ValueTask DisposeAsync()
    {
        await _client.DisposeAsync();
        await _app.StopAsync(CancellationToken.None);
        await _app.DisposeAsync();
    }
}
