using System.Net.Http.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.Tests.Chaos.Plan;
using AspireFed.Tests.Harness.Doubles;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Integration.Processes;
using RabbitMQ.Client;
using StackExchange.Redis;

namespace AspireFed.Tests.Chaos.World;

/// <summary>
/// The real services as processes over real servers: two Aggregators, four trainers with a client each, a Tokenizer, an Evaluator. Worlds share
/// the lease and the names of queues, so their tests are of one collection and run one after another.
/// </summary>
internal sealed class ChaosWorld : IAsyncDisposable
{
    private const int Trainers = 4;
    private const int ImagesPerClient = 16;

    private readonly string _folder = Directory.CreateTempSubdirectory("aspirefed-chaos-").FullName;
    private readonly MiniDataSet _data = new([.. Enumerable.Range(0, Trainers).Select(i => ($"{(char)('a' + i)}", ImagesPerClient))]);
    private readonly MinioObjectStore _store;
    private readonly ServersFixture _servers;
    private readonly List<HttpClient> _apis = [];
    private readonly List<string> _queues = ["aggregator", "evaluator"];

    public ChaosWorld(ServersFixture servers)
    {
        _servers = servers;
        var bucket = $"chaos-{Guid.NewGuid():N}";
        _store = new MinioObjectStore(ObjectStoreSettings.Parse(servers.ObjectStoreOf(bucket)) with { Retries = 60 }, TimeProvider.System);
        Ledger = new ExperimentLedger(_store);
        var common = new Dictionary<string, string>
        {
            ["ConnectionStrings__redis"] = servers.Redis,
            ["ConnectionStrings__rabbitmq"] = servers.RabbitMq,
            ["ConnectionStrings__objectstore"] = servers.ObjectStoreOf(bucket),
            ["ASPNETCORE_URLS"] = "http://127.0.0.1:0",
            ["OMP_NUM_THREADS"] = "1",
            ["OMP_WAIT_POLICY"] = "passive",
        };
        var tokens = ServiceProcess.FreePort();
        Aggregators = [.. Enumerable.Range(0, 2).Select(i => Aggregator(i, common))];
        TrainerProcesses = [.. Enumerable.Range(0, Trainers).Select(i => new Victim($"trainer {(char)('a' + i)}", "ClientTrainer", Points.Trainer,
            new Dictionary<string, string>(common)
            {
                ["Trainer__Name"] = $"{bucket}-{i}",
                ["Trainer__Clients"] = $"{(char)('a' + i)}",
                ["Trainer__DataRoots"] = _data.Root,
                ["Trainer__State"] = Path.Combine(_folder, $"trainer-{i}"),
                ["Trainer__Tokenizer"] = $"http://127.0.0.1:{tokens}",
                ["Trainer__AnnounceSeconds"] = "2",
                ["Trainer__HeartbeatSeconds"] = "5",
            }))];
        _queues.AddRange(Enumerable.Range(0, Trainers).Select(i => $"trainer-{bucket}-{i}"));
        Tokenizer = new Victim("tokenizer", "Tokenizer", Points.Tokenizer, new Dictionary<string, string>(common)
        {
            ["Kestrel__Endpoints__http__Url"] = $"http://127.0.0.1:{tokens}",
        });
        Evaluator = new Victim("evaluator", "Evaluator", Points.Evaluator, new Dictionary<string, string>(common)
        {
            ["Evaluator__DataRoots"] = _data.Root,
            ["Evaluator__Scratch"] = Path.Combine(_folder, "evaluator"),
        });
    }

    public ExperimentLedger Ledger { get; }

    public IReadOnlyList<Victim> Aggregators { get; }

    public IReadOnlyList<Victim> TrainerProcesses { get; }

    public Victim Tokenizer { get; }

    public Victim Evaluator { get; }

    public IReadOnlyList<Victim> All => [.. Aggregators, .. TrainerProcesses, Tokenizer, Evaluator];

    public async Task StartAsync(CancellationToken cancel)
    {
        await _store.EnsureBucketAsync(cancel);
        foreach (var victim in All) victim.Start();
    }

    /// <summary>Creates an experiment, as soon as an Aggregator leads and knows all its clients.</summary>
    public async Task<string> CreateAsync(string yaml, CancellationToken cancel)
    {
        while (true)
        {
            foreach (var api in _apis)
            {
                try
                {
                    // An experiment is about the clients that are known at its creation.
                    if ((await api.GetFromJsonAsync<List<ClientView>>("/clients", ContractJson.Options, cancel))!.Count < Trainers) continue;
                    using var response = await api.PostAsync("/experiments", new StringContent(yaml), cancel);
                    if (response.IsSuccessStatusCode)
                        return (await response.Content.ReadFromJsonAsync<ExperimentSummary>(ContractJson.Options, cancel))!.Id;
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
        }
    }

    /// <summary>The Aggregator that leads: it alone is healthy.</summary>
    public async Task<Victim> LeaderAsync(CancellationToken cancel)
    {
        while (true)
        {
            foreach (var (aggregator, api) in Aggregators.Zip(_apis))
            {
                try
                {
                    using var response = await api.GetAsync("/health", cancel);
                    if (response.IsSuccessStatusCode) return aggregator;
                }
                catch (HttpRequestException)
                {
                    // It does not listen yet.
                }
            }
            await Task.Delay(TimeSpan.FromMilliseconds(500), cancel);
        }
    }

    /// <summary>The hashes of all openings, decisions, commits and models of an experiment, by name.</summary>
    public async Task<IReadOnlyDictionary<string, string>> ObjectsAsync(string experiment, CancellationToken cancel)
    {
        SortedDictionary<string, string> objects = new(StringComparer.Ordinal);
        foreach (var name in await Ledger.Store.ListAsync(ObjectNames.ExperimentPrefix(experiment), cancel))
        {
            var file = name[(name.LastIndexOf('/') + 1)..];
            if (file is "opening.json" or "commit.json" or "global.safetensors" || file.StartsWith("decision-", StringComparison.Ordinal))
                objects[name] = (await Ledger.Store.HashAsync(name, cancel))!.Sha256;
        }
        return objects;
    }

    public Task<RoundCommit?> CommitAsync(RoundKey key, CancellationToken cancel) =>
        Ledger.ReadAsync<RoundCommit>(ObjectNames.Commit(key), cancel);

    /// <summary>Takes everything out of Redis.</summary>
    public async Task EmptyRedisAsync(CancellationToken cancel)
    {
        await using var redis = await ConnectionMultiplexer.ConnectAsync($"{_servers.Redis},allowAdmin=true");
        await redis.GetServers()[0].FlushAllDatabasesAsync().WaitAsync(cancel);
    }

    /// <summary>Deletes the durable queues of all services, with all that waits in them.</summary>
    public async Task DeleteQueuesAsync(CancellationToken cancel)
    {
        var factory = new ConnectionFactory { Uri = new Uri(_servers.RabbitMq) };
        await using var connection = await factory.CreateConnectionAsync(cancel);
        await using var channel = await connection.CreateChannelAsync(cancellationToken: cancel);
        foreach (var queue in _queues) await channel.QueueDeleteAsync(queue, ifUnused: false, ifEmpty: false, cancellationToken: cancel);
    }

    public async Task RestartServerAsync(string name, CancellationToken cancel)
    {
        await _servers.KillAsync(name, cancel);
        await _servers.StartAsync(name, cancel);
    }

    /// <summary>Ends every process at once, as a machine does that loses its power, and starts it all again.</summary>
    public async Task LosePowerAsync(CancellationToken cancel)
    {
        string[] servers = ["redis", "rabbitmq", "objectstore-account", "objectstore-container", "objectstore-object", "objectstore"];
        await Task.WhenAll([.. All.Select(victim => victim.KillAsync()), .. servers.Select(server => _servers.KillAsync(server, cancel))]);
        foreach (var server in servers) await _servers.StartAsync(server, cancel);
        foreach (var victim in All) victim.Start();
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var victim in All) await victim.DisposeAsync();
        foreach (var api in _apis) api.Dispose();
        _store.Dispose();
        _data.Dispose();
        Directory.Delete(_folder, recursive: true);
    }

    private Victim Aggregator(int number, Dictionary<string, string> common)
    {
        var address = $"http://127.0.0.1:{ServiceProcess.FreePort()}";
        _apis.Add(new HttpClient { BaseAddress = new Uri(address) });
        return new Victim($"aggregator {number}", "Aggregator", Points.Aggregator, new Dictionary<string, string>(common)
        {
            ["ASPNETCORE_URLS"] = address,
            ["Aggregator__SilenceSeconds"] = "15", // what is lost with a process or a queue is asked for again without a minute's wait
            ["Aggregator__Scratch"] = Path.Combine(_folder, $"aggregator-{number}"),
        });
    }
}
