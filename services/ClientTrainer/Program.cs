using AspireFed.ClientTrainer;
using AspireFed.ServiceDefaults;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
var settings = builder.Configuration.TrainerSettings();
builder.AddLedger();
builder.AddMessaging(bus => bus.AddTrainerConsumers(), (context, bus) => bus.ReceiveCommands(context, settings));
builder.Services.AddClientTrainer(settings);

var app = builder.Build();
app.MapDefaultEndpoints();
app.Run();
