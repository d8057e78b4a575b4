using AspireFed.ClientTrainer;
using AspireFed.Models;
using AspireFed.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
TorchNative.EnsureLoaded(); // here, where a person reads why it fails, and before threads have memory pools of their own
var settings = builder.Configuration.TrainerSettings();
builder.AddLedger();
builder.AddMessaging(bus => bus.AddTrainerConsumers(), (context, bus) => bus.ReceiveCommands(context, settings));
builder.Services.AddClientTrainer(settings);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
