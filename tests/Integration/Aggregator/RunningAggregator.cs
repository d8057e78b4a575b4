using System.Net.Http.Json;
using System.Net.ServerSentEvents;
using System.Text.Json;
using AspireFed.Aggregator;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.Leading;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Messaging;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;
using AspireFed.Tests.Integration.Infrastructure;
using MassTransit;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AspireFed.Tests.Integration.Aggregator;

/// <summary>
/// The Aggregator as it runs, over the real servers. All share one queue of a fixed name, so tests that run one belong to the collection
/// of this name and do not run beside one another.
/// </summary>
internal sealed class RunningAggregator(WebApplication app) : IAsyncDisposable
{
    public HttpClient Http { get; } = new() { BaseAddress = new Uri(app.Urls.First()) };

    public IBus Bus => app.Services.GetRequiredService<IBus>();

    public ExperimentLedger Ledger => app.Services.GetRequiredService<ExperimentLedger>();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="beside">Endpoints of the test on the same bus.</param>
    public static async Task<RunningAggregator> StartAsync(
        ServersFixture servers, string bucket, int redisDatabase,
        Action<IBusRegistrationContext, IRabbitMqBusFactoryConfigurator> beside)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:redis"] = $"{servers.Redis},defaultDatabase={redisDatabase}",
            ["ConnectionStrings:rabbitmq"] = servers.RabbitMq,
            ["ConnectionStrings:objectstore"] = servers.ObjectStoreOf(bucket),
            ["Urls"] = "http://127.0.0.1:0",
        });
        builder.AddServiceDefaults().AddLedger().AddLiveViewStore();
        builder.Services.AddSingleton<ILiveView, RedisLiveView>().AddSingleton<ILeaderLease, RedisLease>().AddAggregator(builder.Configuration.AggregatorSettings());
        builder.AddMessaging(bus => bus.AddAggregatorConsumers(), (context, broker) =>
        {
            broker.ConfigureAggregatorEndpoints(context);
            beside(context, broker);
        });
        var app = builder.Build();
        app.UseExceptionHandler().UseStatusCodePages();
        app.MapExperiments();
        await app.StartAsync(Cancel);
        return new RunningAggregator(app);
    }

    public async Task<string> CreateAsync(string yaml)
    {
        var response = await Http.PostAsync("/experiments", new StringContent(yaml), Cancel);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(Cancel));
        return (await response.Content.ReadFromJsonAsync<ExperimentSummary>(ContractJson.Options, Cancel))!.Id;
    }

    /// <summary>All that happens in an experiment, to its end.</summary>
    public async Task<List<ExperimentEvent>> FollowAsync(string id)
    {
        List<ExperimentEvent> story = [];
        await using var stream = await Http.GetStreamAsync($"/experiments/{id}/events", Cancel);
        await foreach (var item in SseParser.Create(stream).EnumerateAsync(Cancel))
            story.Add(JsonSerializer.Deserialize<ExperimentEvent>(item.Data, ContractJson.Options)!);
        return story;
    }

    public async Task<ExperimentView> ShowAsync(string id) =>
        (await Http.GetFromJsonAsync<ExperimentView>($"/experiments/{id}", ContractJson.Options, Cancel))!;

    public Task<RoundCommit> CommitAsync(RoundKey key) => Ledger.GetAsync<RoundCommit>(ObjectNames.Commit(key), Cancel);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }
}
