using AspireFed.Contracts.Documents;
using AspireFed.Contracts.Messages;
using AspireFed.Ledger;
using AspireFed.Tests.Harness.Doubles;
using MassTransit;
using StackExchange.Redis;

namespace AspireFed.Tests.Harness.Aggregator;

/// <summary>What fails for a moment, and would have ended an experiment where it counted as the experiment's own fault.</summary>
public sealed class TransientFaultTests
{
    private int _failures = 2;

    [Theory]
    [InlineData("put", "00001/commit.json")]
    [InlineData("get", ".safetensors")]
    public async Task A_store_that_fails_for_a_moment_only_delays(string failing, string ofName)
    {
        using var store = new FolderObjectStore();
        store.Fault = (call, name) =>
            name.EndsWith(ofName, StringComparison.Ordinal) && call == failing && Interlocked.Decrement(ref _failures) >= 0
                ? new ObjectStoreException("The store does not answer.", new IOException())
                : null;
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        await CompletesAsync(host);
    }

    [Theory]
    [InlineData(nameof(RedisConnectionException))]
    [InlineData(nameof(RedisTimeoutException))]
    public async Task Redis_that_fails_for_a_moment_only_delays(string fault)
    {
        using var store = new FolderObjectStore();
        var lease = new MemoryLease
        {
            Deciding = () => Fail(fault == nameof(RedisTimeoutException)
                ? new RedisTimeoutException(CommandFlags.None, "Redis does not answer.", CommandStatus.Sent)
                : new RedisConnectionException(ConnectionFailureType.SocketClosed, CommandFlags.None, "Redis has gone.", null, CommandStatus.Unknown)),
        };
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store), lease: lease);
        await CompletesAsync(host);
    }

    [Fact]
    public async Task A_broker_that_takes_no_command_for_a_moment_only_delays()
    {
        using var store = new FolderObjectStore();
        await using var host = await AggregatorHost.StartAsync(store, RoundTests.Trainers(store));
        using var broker = host.Bus.ConnectSendObserver(new BrokerFault<TrainRound>(() => Fail(new MassTransitException("The broker has gone."))));
        await CompletesAsync(host);
    }

    private async Task CompletesAsync(AggregatorHost host)
    {
        var id = await host.CreateAsync(TestSpecs.TwoRounds);
        Assert.Equal(ExperimentEnd.Completed, (await host.EndOfAsync(id)).End);
        Assert.True(_failures < 0, "Nothing has failed.");
    }

    private void Fail(Exception fault)
    {
        if (Interlocked.Decrement(ref _failures) >= 0) throw fault;
    }
}
