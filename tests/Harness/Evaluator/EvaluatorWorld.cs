using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Evaluator;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using AspireFed.Training;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireFed.Tests.Harness.Evaluator;

/// <summary>An Evaluator with a broker in memory, and a ledger in which rounds have been committed.</summary>
internal sealed class EvaluatorWorld : IAsyncDisposable
{
    private static readonly DateTimeOffset s_began = new(2026, 11, 24, 12, 0, 0, TimeSpan.Zero);

    private readonly string _scratch = Directory.CreateTempSubdirectory("aspirefed-evaluator-").FullName;
    private IHost? _host;

    public EvaluatorWorld() => Ledger = new ExperimentLedger(Store);

    public MiniDataSet Data { get; } = new(("a", 4));

    public FolderObjectStore Store { get; } = new();

    public ExperimentLedger Ledger { get; }

    public ExperimentRecord Experiment { get; set; } = TinyExperiment.Create("a");

    public Mailbox<ModelEvaluated> Evaluated { get; } = new();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public string[] LeftInScratch => Directory.GetFiles(_scratch);

    public async Task StartAsync(TimeProvider? time = null)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging(logging => logging.AddProvider(new TestLog()));
        builder.Services.AddSingleton(time ?? TimeProvider.System);
        builder.Services.AddSingleton(Ledger);
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddEvaluatorConsumers();
            bus.UsingInMemory((context, broker) =>
            {
                broker.ReceiveModels(context);
                broker.ReceiveEndpoint("aggregator", Evaluated.ListenOn);
            });
        });
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddEvaluator(EvaluatorSettings.Of(new EvaluatorOptions { DataRoots = Data.Root, Scratch = _scratch }));
        _host = builder.Build();
        await _host.StartAsync(Cancel);
    }

    /// <summary>Commits a round with new-drawn weights, as an Aggregator would; its loss is a tenth of its number.</summary>
    public async Task<RoundCommit> CommitAsync(RoundKey key)
    {
        var weights = Path.Combine(_scratch, "committed.safetensors");
        InitialWeights.Write(Experiment with { Spec = Experiment.Spec with { Seed = key.Round } }, key.Stage, 2, null, weights);
        var global = await Ledger.Store.PutFileAsync(ObjectNames.GlobalWeights(key), weights, Cancel);
        File.Delete(weights);
        var commit = new RoundCommit(new RoundDecision(key, [], []), global, key.Round / 10.0);
        var opening = new RoundOpening(key, Experiment.Clients, null, s_began.AddSeconds(key.Round), DateTimeOffset.MaxValue);
        await Ledger.WriteAsync(ObjectNames.Opening(key), opening, Cancel);
        await Ledger.WriteAsync(ObjectNames.Commit(key), commit, Cancel);
        var timing = new RoundTiming(1, 0.5, 0.2, 0.1, 0.2, Images: 4, Bytes: 1000, s_began.AddSeconds(10 + key.Round));
        await Ledger.WriteAsync(ObjectNames.Timing(key), timing, Cancel);
        return commit;
    }

    /// <summary>Tells of a global model as the Aggregator does.</summary>
    public async Task PublishAsync(RoundCommit commit, bool last)
    {
        var spec = await Ledger.WriteAsync(ObjectNames.Experiment(Experiment.Id), Experiment, Cancel);
        var model = new GlobalModelPublished(commit.Decision.Key, spec, commit.Global, last);
        await _host!.Services.GetRequiredService<IBus>().Publish(model, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        if (_host is not null)
        {
            await _host.StopAsync(CancellationToken.None);
            await ((IAsyncDisposable)_host).DisposeAsync();
        }
        Directory.Delete(_scratch, recursive: true);
        Store.Dispose();
        Data.Dispose();
    }
}
