using AspireFed.Evaluator;
using AspireFed.Models;
using AspireFed.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
TorchNative.EnsureLoaded(); // here, where a person reads why it fails, and before threads have memory pools of their own
var settings = builder.Configuration.EvaluatorSettings();
builder.AddLedger();
builder.AddMessaging(bus => bus.AddEvaluatorConsumers(), (context, bus) => bus.ReceiveModels(context));
builder.Services.AddEvaluator(settings);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
