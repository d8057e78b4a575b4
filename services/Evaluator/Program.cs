using AspireFed.Evaluator;
using AspireFed.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
var settings = builder.Configuration.EvaluatorSettings();
builder.AddLedger();
builder.AddMessaging(bus => bus.AddEvaluatorConsumers(), (context, bus) => bus.ReceiveModels(context));
builder.Services.AddEvaluator(settings);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
