using AspireFed.Evaluator;
using AspireFed.Models;
using AspireFed.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
TorchNative.EnsureLoaded(); // where it cannot be, a person reads why at once and not at the first image
var settings = builder.Configuration.EvaluatorSettings();
builder.AddLedger();
builder.AddMessaging(bus => bus.AddEvaluatorConsumers(), (context, bus) => bus.ReceiveModels(context));
builder.Services.AddEvaluator(settings);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
