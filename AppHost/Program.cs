using AspireFed.AppHost.Infrastructure;
using AspireFed.AppHost.Running;
using AspireFed.AppHost.Services;
using AspireFed.Contracts;

try
{
    var options = RunOptions.Parse(args);
    var builder = DistributedApplication.CreateBuilder(DashboardSettings.Arguments(options));
    using var data = DataFolder.Open(options, builder.ExecutionContext);

    var servers = await builder.AddServersAsync(options, data);
    if (!options.ServersOnly)
    {
        var aggregator = builder.AddAggregator(servers, data).WithDemoCommand();
        var tokenizer = builder.AddTokenizer(servers);
        for (var shard = 0; shard < options.Trainers; shard++)
            builder.AddTrainer(shard, options, servers, data, aggregator, tokenizer);
        builder.AddEvaluator(options, servers, data);
        builder.WriteEndpointsWhenReady(aggregator, data);
    }
    builder.EndWhenStartFails(options, data);

    await builder.Build().RunAsync();
    return Environment.ExitCode;
}
catch (InputException e)
{
    await Console.Error.WriteLineAsync(e.Message);
    return 1;
}
