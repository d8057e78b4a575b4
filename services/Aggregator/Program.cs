using AspireFed.Aggregator;
using AspireFed.Aggregator.Checkpoints;
using AspireFed.Aggregator.Experiments;
using AspireFed.Aggregator.Leading;
using AspireFed.Aggregator.LiveView;
using AspireFed.Aggregator.Messaging;
using AspireFed.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
var settings = builder.Configuration.AggregatorSettings();
builder.AddLedger().AddLiveViewStore();
builder.Services.AddSingleton<ILiveView, RedisLiveView>().AddSingleton<ILeaderLease, RedisLease>().AddAggregator(settings);
builder.AddMessaging(bus => bus.AddAggregatorConsumers(), (context, broker) => broker.ConfigureAggregatorEndpoints(context));

var app = builder.Build();
app.UseExceptionHandler().UseStatusCodePages();
app.MapOpenApi();
app.MapExperiments();
app.MapCheckpoints();
app.MapDefaultEndpoints();
app.Run();
