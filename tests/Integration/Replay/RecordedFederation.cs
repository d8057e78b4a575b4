using System.Text.Json;
using AspireFed.Contracts;
using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Specs;
using AspireFed.Contracts.Views;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Aggregator;
using AspireFed.Tests.Integration.Aggregator;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Tests.Parity.Federated;
using AspireFed.Tests.Parity.Recordings;
using Microsoft.Extensions.DependencyInjection;

namespace AspireFed.Tests.Integration.Replay;

/// <summary>An Aggregator and two trainers that share the clients of a recorded run.</summary>
internal sealed class RecordedFederation : IAsyncDisposable
{
    private const int RedisDatabase = 8;
    private const int Trainers = 2;

    private readonly string _name = $"replay-{Guid.NewGuid():N}";
    private readonly string _files = Directory.CreateTempSubdirectory("aspirefed-replay-").FullName;
    private readonly RecordedRun _run;
    private readonly RecordedSet _set;
    private readonly List<Recording> _recordings = [];
    private readonly List<RunningTrainer> _trainers = [];
    private RunningAggregator? _aggregator;

    private RecordedFederation(RecordedRun run)
    {
        _run = run;
        _set = new RecordedSet(run, _name);
    }

    /// <summary>What none of the trainers has read of the recording.</summary>
    public IReadOnlySet<string> Unread => _recordings.Select(recording => recording.Unread.ToHashSet())
        .Aggregate((all, one) => [.. all.Intersect(one)]);

    private RunningAggregator Aggregator => _aggregator ?? throw new InvalidOperationException("There is no Aggregator yet.");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<RecordedFederation> StartAsync(ServersFixture servers, string folder, RecordedRun run)
    {
        var federation = new RecordedFederation(run);
        try
        {
            federation._aggregator = await RunningAggregator.StartAsync(
                servers, federation._name, RedisDatabase, (context, broker) => broker.ReceiveEndpoint(
                    $"evaluator-{federation._name}", new FakeEvaluator(context.GetRequiredService<IObjectStore>()).Connect));
            for (var shard = 0; shard < Trainers; shard++)
            {
                // A recording keeps book of what is read from it, which is for one thread at a time: each trainer has its own.
                var recording = new Recording(folder);
                federation._recordings.Add(recording);
                federation._trainers.Add(await RunningTrainer.StartAsync(
                    servers, federation._name, federation._set.Root, new RecordedWork(recording), shard, Trainers));
            }
            return federation;
        }
        catch
        {
            await federation.DisposeAsync();
            throw;
        }
    }

    /// <summary>Sends the run as an experiment and waits for its end.</summary>
    /// <returns>The commits of all rounds, the initial weights' first.</returns>
    public async Task<IReadOnlyList<RoundCommit>> RunAsync()
    {
        var spec = new ExperimentSpec
        {
            Name = _name,
            Data = _set.Spec,
            Model = new ModelSpec { Family = _run.Family },
            Pretrain = _run.Spec as PretrainSpec,
            Finetune = _run.Spec as FinetuneSpec,
            Keep = KeepSpec.All,
        };
        var id = await Aggregator.CreateAsync(JsonSerializer.Serialize(spec, ContractJson.Options)); // JSON is YAML
        var end = (await Aggregator.FollowAsync(id))[^1];
        Assert.True(end is { Kind: ExperimentEventKind.Ended, Summary.State: ExperimentState.Completed }, $"{end}");
        var rounds = Enumerable.Range(0, _run.Spec.Rounds + 1).Select(round => new RoundKey(id, _run.Stage, round));
        return await Task.WhenAll(rounds.Select(Aggregator.CommitAsync));
    }

    /// <summary>Fetches an object of the store.</summary>
    /// <returns>The path of its copy.</returns>
    public async Task<string> FetchAsync(ObjectRef reference)
    {
        var path = Path.Combine(_files, reference.Sha256);
        await Aggregator.Ledger.Store.GetFileAsync(reference, path, Cancel);
        return path;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var trainer in _trainers) await trainer.DisposeAsync();
        if (_aggregator is not null) await _aggregator.DisposeAsync();
        _recordings.ForEach(recording => recording.Dispose());
        _set.Dispose();
        Directory.Delete(_files, recursive: true);
    }
}
