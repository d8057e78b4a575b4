using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Contracts.Specs;
using AspireFed.Ledger;
using AspireFed.ServiceDefaults;
using AspireFed.Tests.Harness.Doubles;
using AspireFed.Tests.Integration.Infrastructure;
using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace AspireFed.Tests.Integration.Processes;

/// <summary>The Aggregator's side of one trainer process: sends its commands and hears its answers over the real servers.</summary>
internal sealed class Federation : IAsyncDisposable
{
    private const string Client = "a";

    private readonly string _state = Directory.CreateTempSubdirectory("aspirefed-state-").FullName;
    private readonly MiniDataSet _data = new((Client, 64));
    private readonly string _name = $"t{Guid.NewGuid():N}";
    private readonly IHost _host;

    private Federation(ServersFixture servers, ModelFamily family, Uri? tokenizer, string[] before)
    {
        Experiment = TinyExperiment.Create(Client) with { Id = $"killed-{Guid.NewGuid():N}", Spec = Spec(family) };
        Trainer = new ServiceProcess("ClientTrainer", new Dictionary<string, string>
        {
            ["ConnectionStrings__rabbitmq"] = servers.RabbitMq,
            ["ConnectionStrings__objectstore"] = servers.ObjectStore,
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["Trainer__Name"] = _name,
            ["Trainer__DataRoots"] = _data.Root,
            ["Trainer__State"] = _state,
            ["Trainer__Tokenizer"] = (tokenizer ?? new Uri("http://tokenizer")).ToString(),
            ["Trainer__SaveMinutes"] = "0",
        }, before);
        _host = BuildHost(servers);
        Ledger = _host.Services.GetRequiredService<ExperimentLedger>();
    }

    public ExperimentRecord Experiment { get; }

    public ServiceProcess Trainer { get; }

    /// <summary>The trainer's state folder.</summary>
    public string State => _state;

    public ExperimentLedger Ledger { get; }

    public Mailbox<UpdateReady> Updates { get; } = new();

    public Mailbox<TrainingProgress> Progress { get; } = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    /// <param name="before">What the trainer's command is put behind.</param>
    public static async Task<Federation> StartAsync(
        ServersFixture servers, ModelFamily family, Uri? tokenizer = null, params string[] before)
    {
        var federation = new Federation(servers, family, tokenizer, before);
        await federation._host.StartAsync(Cancel);
        federation.Trainer.Start();
        return federation;
    }

    public RoundKey Round(int round) => new(Experiment.Id, Stage.Pretrain, round);

    /// <summary>Sends a command to the trainer's queue, which may be there before the trainer.</summary>
    public async Task AskAsync(RoundKey round, ObjectRef? start)
    {
        var spec = await Ledger.WriteAsync(ObjectNames.Experiment(Experiment.Id), Experiment, Cancel);
        var endpoint = await _host.Services.GetRequiredService<IBus>().GetSendEndpoint(new Uri($"queue:trainer-{_name}"));
        await endpoint.Send(new TrainRound(round, MiniDataSet.Client(Client), spec, start, TimeSpan.MaxValue), Cancel);
    }

    public async Task<UpdateManifest> AnswerAsync(RoundKey round) => await Ledger.GetAsync<UpdateManifest>(
        (await Updates.NextAsync(update => update.Key == round)).Manifest.Name, Cancel);

    public async Task<UpdateManifest> TrainAsync(RoundKey round, ObjectRef? start)
    {
        await AskAsync(round, start);
        return await AnswerAsync(round);
    }

    /// <summary>The trainer's next save of a round under way, from now on.</summary>
    public async Task NextSaveAsync()
    {
        using var watcher = new FileSystemWatcher(_state, "*.steps") { IncludeSubdirectories = true };
        var saved = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Renamed += (_, _) => saved.TrySetResult();
        watcher.EnableRaisingEvents = true;
        await saved.Task.WaitAsync(Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        await Trainer.DisposeAsync();
        await _host.StopAsync(CancellationToken.None);
        _host.Dispose();
        _data.Dispose();
        Directory.Delete(_state, recursive: true);
    }

    // Enough steps to be killed in the midst of them.
    private static ExperimentSpec Spec(ModelFamily family)
    {
        var spec = TinyExperiment.Create(Client).Spec;
        return spec with
        {
            Model = spec.Model with { Family = family },
            Pretrain = PretrainSpec.For(family) with { Rounds = 3, LocalEpochs = 6, BatchSize = 16, WarmupRounds = 1 },
        };
    }

    private IHost BuildHost(ServersFixture servers)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.Configuration["ConnectionStrings:rabbitmq"] = servers.RabbitMq;
        builder.Configuration["ConnectionStrings:objectstore"] = servers.ObjectStore;
        builder.AddLedger();
        builder.AddMessaging(_ => { }, (_, bus) => bus.ReceiveEndpoint($"listener-{_name}", endpoint =>
        {
            endpoint.AutoDelete = true;
            Updates.ListenOn(endpoint);
            Progress.ListenOn(endpoint);
        }));
        return builder.Build();
    }
}
