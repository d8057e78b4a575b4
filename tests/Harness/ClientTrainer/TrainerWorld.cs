using AspireFed.ClientTrainer;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using MassTransit;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace AspireFed.Tests.Harness.ClientTrainer;

/// <summary>A trainer with everything around it: a broker in memory, a store and images in folders, and the Aggregator's ears.</summary>
internal sealed class TrainerWorld : IAsyncDisposable
{
    private static readonly TimeSpan Long = TimeSpan.FromDays(365);

    private readonly string _state = Directory.CreateTempSubdirectory("aspirefed-state-").FullName;
    private IHost? _trainer;

    public TrainerWorld(params (string Client, int Images)[] clients)
    {
        Data = new MiniDataSet(clients);
        Ledger = new ExperimentLedger(Store);
        Experiment = TinyExperiment.Create([.. clients.Select(client => client.Client)]);
    }

    public MiniDataSet Data { get; }

    public FolderObjectStore Store { get; } = new();

    public ExperimentLedger Ledger { get; }

    public ExperimentRecord Experiment { get; set; }

    public Mailbox<TrainerAnnounced> Announcements { get; } = new();

    public Mailbox<TrainingProgress> Progress { get; } = new();

    public Mailbox<UpdateReady> Updates { get; } = new();

    public Mailbox<TrainingFailed> Failures { get; } = new();

    public RecordedLog Log { get; } = new();

    public TrainerOptions Options =>
        new() { Name = "one", DataRoots = Data.Root, State = _state, AnnounceSeconds = 3600, HeartbeatSeconds = 3600 };

    public IBus Bus => (_trainer ?? throw new InvalidOperationException("The trainer has not been started.")).Services.GetRequiredService<IBus>();

    public static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <summary>Paths in the trainer's state folder that end so.</summary>
    public string[] StateFiles(string ending) => Directory.GetFiles(_state, $"*{ending}", SearchOption.AllDirectories);

    /// <summary>A place in the trainer's state folder.</summary>
    public string StatePath(params ReadOnlySpan<string> parts) => Path.Combine([_state, .. parts]);

    public async Task StartTrainerAsync(Func<TrainerOptions, TrainerOptions>? change = null)
    {
        var settings = TrainerSettings.Of(change?.Invoke(Options) ?? Options);
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        builder.Services.AddLogging(logging => logging.AddProvider(new TestLog()).AddProvider(Log));
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddSingleton<IObjectStore>(new Unowned(Store));
        builder.Services.AddSingleton<ExperimentLedger>();
        builder.Services.AddMassTransit(bus =>
        {
            bus.AddTrainerConsumers();
            bus.UsingInMemory((context, broker) =>
            {
                broker.ReceiveCommands(context, settings);
                broker.ReceiveEndpoint("aggregator", endpoint =>
                {
                    Announcements.ListenOn(endpoint);
                    Progress.ListenOn(endpoint);
                    Updates.ListenOn(endpoint);
                    Failures.ListenOn(endpoint);
                });
            });
        });
        builder.Services.AddOptions<MassTransitHostOptions>().Configure(options => options.WaitUntilStarted = true);
        builder.Services.AddClientTrainer(settings);
        _trainer = builder.Build();
        await _trainer.StartAsync(Cancel);
    }

    public async Task StopTrainerAsync()
    {
        if (_trainer is null) return;
        await _trainer.StopAsync(CancellationToken.None);
        await ((IAsyncDisposable)_trainer).DisposeAsync();
        _trainer = null;
    }

    /// <summary>Sends a command as the Aggregator does.</summary>
    public async Task SendAsync(RoundKey key, string client, ObjectRef? start, TimeSpan? left = null)
    {
        var spec = await Ledger.WriteAsync(ObjectNames.Experiment(Experiment.Id), Experiment, Cancel);
        var endpoint = await Bus.GetSendEndpoint(new Uri("queue:trainer-one"));
        await endpoint.Send(new TrainRound(key, MiniDataSet.Client(client), spec, start, left ?? Long), Cancel);
    }

    public Task PublishAsync<T>(T message)
        where T : class => Bus.Publish(message, Cancel);

    /// <summary>Sends a command, waits for the announcement and reads the manifest.</summary>
    public async Task<UpdateManifest> TrainAsync(RoundKey key, string client, ObjectRef? start)
    {
        await SendAsync(key, client, start);
        return await ReadAsync(await Updates.NextAsync(update => update.Key == key && update.Client.Name == client));
    }

    public Task<UpdateManifest> ReadAsync(UpdateReady update) => Ledger.GetAsync<UpdateManifest>(update.Manifest.Name, Cancel);

    public async ValueTask DisposeAsync()
    {
        await StopTrainerAsync();
        Directory.Delete(_state, recursive: true);
        Store.Dispose();
        Log.Dispose();
        Data.Dispose();
    }

    /// <summary>Keeps a host that ends from disposing the store.</summary>
    private sealed class Unowned(IObjectStore store) : IObjectStore
    {
        public Task<ObjectRef> PutAsync(string name, ReadOnlyMemory<byte> content, CancellationToken cancel) =>
            store.PutAsync(name, content, cancel);

        public Task<ObjectRef> PutFileAsync(string name, string path, CancellationToken cancel) => store.PutFileAsync(name, path, cancel);

        public Task<byte[]?> GetAsync(string name, CancellationToken cancel) => store.GetAsync(name, cancel);

        public Task GetFileAsync(ObjectRef reference, string path, CancellationToken cancel) => store.GetFileAsync(reference, path, cancel);

        public Task<ContentHash?> HashAsync(string name, CancellationToken cancel) => store.HashAsync(name, cancel);

        public Task<IReadOnlyList<string>> ListAsync(string prefix, CancellationToken cancel) => store.ListAsync(prefix, cancel);

        public Task DeleteAsync(string name, CancellationToken cancel) => store.DeleteAsync(name, cancel);
    }
}
