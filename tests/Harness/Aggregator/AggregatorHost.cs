using System.Net.Http.Json;
using AspireFed.Aggregator;
using AspireFed.Aggregator.Checkpoints;
using AspireFed.Aggregator.Clients;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.Leading;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Messaging;
using AspireFed.Aggregator.Rounds;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using MassTransit;
using MassTransit.Testing;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>The whole Aggregator on MassTransit's in-memory transport, with trainers and an evaluator of the test on the same bus.</summary>
internal sealed class AggregatorHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AggregatorHost(WebApplication app, MemoryLiveView view, IObjectStore store)
    {
        _app = app;
        View = view;
        Ledger = new ExperimentLedger(store);
        Http = new HttpClient { BaseAddress = new Uri(app.Urls.First()) };
    }

    public HttpClient Http { get; }

    public MemoryLiveView View { get; }

    public ExperimentLedger Ledger { get; }

    public IBus Bus => _app.Services.GetRequiredService<IBus>();

    public IServiceProvider Services => _app.Services;

    public static async Task<AggregatorHost> StartAsync(
        IObjectStore store, IReadOnlyList<FakeTrainer> trainers, TimeProvider? time = null, FakeEvaluator? evaluator = null, ILeaderLease? lease = null)
    {
        var view = new MemoryLiveView();
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Services.AddRouting();
        builder.Services.AddSingleton(time ?? TimeProvider.System).AddSingleton(store);
        builder.Services.AddSingleton<ILiveView>(view).AddSingleton(lease ?? new MemoryLease()).AddAggregator(AggregatorSettings.Of(new AggregatorOptions()));
        builder.Services.AddMassTransitTestHarness(bus =>
        {
            bus.AddAggregatorConsumers();
            bus.UsingInMemory((context, broker) =>
            {
                broker.ConfigureAggregatorEndpoints(context);
                foreach (var trainer in trainers) broker.ReceiveEndpoint(trainer.Queue, trainer.Connect);
                broker.ReceiveEndpoint("evaluator", (evaluator ?? new FakeEvaluator(store)).Connect);
            });
        });
        var app = builder.Build();
        app.UseExceptionHandler().UseStatusCodePages();
        app.MapOpenApi();
        app.MapExperiments();
        app.MapCheckpoints();
        app.Urls.Add("http://127.0.0.1:0");
        await app.StartAsync();
        var host = new AggregatorHost(app, view, store);
        foreach (var trainer in trainers) await host.AnnounceAsync(trainer);
        return host;
    }

    /// <summary>Returns when the Aggregator knows the trainer's clients.</summary>
    public async Task AnnounceAsync(FakeTrainer trainer)
    {
        trainer.Bus = Bus;
        await AnnounceAsync(trainer.Announcement);
    }

    /// <inheritdoc cref="AnnounceAsync(FakeTrainer)"/>
    public async Task AnnounceAsync(TrainerAnnounced announcement)
    {
        var registry = Services.GetRequiredService<ClientRegistry>();
        var known = registry.News;
        await Bus.Publish(announcement);
        await known.WaitAsync(TestContext.Current.CancellationToken);
    }

    /// <summary>Returns when the Aggregator has dealt with such a message.</summary>
    public async Task HeardAsync<T>(Func<T, bool> which)
        where T : class =>
        Assert.True(await Services.GetRequiredService<ITestHarness>().Consumed.Any<T>(message => which(message.Context.Message), TestContext.Current.CancellationToken));

    public async Task<string> CreateAsync(string yaml)
    {
        var response = await Http.PostAsync("/experiments", new StringContent(yaml), TestContext.Current.CancellationToken);
        Assert.True(response.IsSuccessStatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        var summary = await response.Content.ReadFromJsonAsync<ExperimentSummary>(ContractJson.Options, TestContext.Current.CancellationToken);
        return summary!.Id;
    }

    public async Task<ExperimentOutcome> EndOfAsync(string experiment)
    {
        await View.AwaitAsync(experiment, e => e.Kind == ExperimentEventKind.Ended);
        return await Ledger.GetAsync<ExperimentOutcome>(ObjectNames.Outcome(experiment), TestContext.Current.CancellationToken);
    }

    public Task<RoundCommit> CommitOfAsync(string experiment, Stage stage, int round) =>
        Ledger.GetAsync<RoundCommit>(ObjectNames.Commit(new RoundKey(experiment, stage, round)), TestContext.Current.CancellationToken);

    public async Task<T> ShowAsync<T>(string path) =>
        (await Http.GetFromJsonAsync<T>(path, ContractJson.Options, TestContext.Current.CancellationToken))!;

    /// <summary>Moves the clock and lets the loop look at it.</summary>
    public void Advance(FakeTimeProvider time, TimeSpan by)
    {
        time.Advance(by);
        Services.GetRequiredService<WakeUp>().Set();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}
