using AspireFed.ClientTrainer;
using AspireFed.Models;
using AspireFed.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
TorchNative.EnsureLoaded(); // where it cannot be, a person reads why at once and not at the first image
var settings = builder.Configuration.TrainerSettings();
builder.AddLedger();
builder.AddMessaging(bus => bus.AddTrainerConsumers(), (context, bus) => bus.ReceiveCommands(context, settings));
builder.Services.AddClientTrainer(settings);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
