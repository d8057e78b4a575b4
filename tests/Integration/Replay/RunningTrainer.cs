using AspireFed.ClientTrainer;
using AspireFed.ServiceDefaults;
using AspireFed.Tests.Integration.Infrastructure;
using AspireFed.Training;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AspireFed.Tests.Integration.Replay;

/// <summary>A ClientTrainer as its Program starts it, but for what it trains on.</summary>
internal sealed class RunningTrainer : IAsyncDisposable
{
    private readonly string _state = Directory.CreateTempSubdirectory("aspirefed-state-").FullName;
    private readonly WebApplication _app;

    private RunningTrainer(ServersFixture servers, string bucket, string dataRoot, IStageWork work, int shard, int shards)
    {
        var builder = WebApplication.CreateBuilder();
        builder.Configuration.AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["ConnectionStrings:rabbitmq"] = servers.RabbitMq,
            ["ConnectionStrings:objectstore"] = servers.ObjectStoreOf(bucket),
            ["Urls"] = "http://127.0.0.1:0",
            ["Trainer:Name"] = $"{bucket}-{shard}",
            ["Trainer:DataRoots"] = dataRoot,
            ["Trainer:State"] = _state,
            ["Trainer:Shard"] = $"{shard}",
            ["Trainer:Shards"] = $"{shards}",
            ["Trainer:Device"] = "cpu",
        });
        builder.AddServiceDefaults();
        var settings = builder.Configuration.TrainerSettings();
        builder.AddLedger();
        builder.AddMessaging(bus => bus.AddTrainerConsumers(), (context, bus) => bus.ReceiveCommands(context, settings));
        builder.Services.AddClientTrainer(settings).AddSingleton(work);
        _app = builder.Build();
        _app.MapDefaultEndpoints();
    }

    /// <param name="work">What it trains on; all else is the service's own.</param>
    public static async Task<RunningTrainer> StartAsync(
        ServersFixture servers, string bucket, string dataRoot, IStageWork work, int shard, int shards)
    {
        var trainer = new RunningTrainer(servers, bucket, dataRoot, work, shard, shards);
        await trainer._app.StartAsync(TestContext.Current.CancellationToken);
        return trainer;
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
        Directory.Delete(_state, recursive: true);
    }
}
