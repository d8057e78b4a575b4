using AspireFed.Models;
using AspireFed.ServiceDefaults;
using AspireFed.Tokenizer;

var builder = WebApplication.CreateBuilder(args);
builder.AddServiceDefaults();
TorchNative.EnsureLoaded(); // where it cannot be, a person reads why at once and not at the first image
builder.AddLedger();
builder.AddTokenizer();

var app = builder.Build();
app.MapTokenizer();
app.MapDefaultEndpoints();
app.Run();
